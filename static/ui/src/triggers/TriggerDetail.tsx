import { useState, type ReactNode } from "react"
import { Link } from "wouter"
import { Button, IconButton } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { Toggle } from "../shared/Field"
import { ago, moment, until } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { Note } from "../shared/Note"
import { Prose } from "../shared/Prose"
import { Tabs } from "../shared/Tabs"
import { toast } from "../shared/toast"
import { deleteTrigger, fireTrigger, updateTrigger, useRefreshTriggers } from "./api"
import { TriggerForm } from "./TriggerForm"
import { TriggerHistory } from "./TriggerHistory"
import { WebhookAddressCard } from "./WebhookAddressCard"
import type { RunRef, Trigger } from "./types"
import { KINDS, setupOf, summaryOf } from "./words"
import "./triggers.css"

interface Props {
  trigger: Trigger
  parameters: readonly string[]
  published: number | null
  onClose: () => void
  /** Where a run that was started from here is shown; else a link is offered. */
  onRun?: (run: RunRef) => void
  /** Under the address of a webhook: the way to try it. */
  test?: ReactNode
}

type Tab = "settings" | "history"

/** One trigger: whether it is on, what it does, what it did. */
export function TriggerDetail({ trigger, parameters, published, onClose, onRun, test }: Props) {
  const [tab, setTab] = useState<Tab>("settings")
  const [deleting, setDeleting] = useState(false)
  const refresh = useRefreshTriggers()
  const mayManage = trigger.can.includes("trigger.manage")
  return (
    <div className="trigger-detail">
      <header className="node-head">
        <span className="tile lg is-trigger">
          <Icon name={KINDS[trigger.kind].icon} />
        </span>
        <div className="col grow">
          <h2 className="cut">{trigger.name}</h2>
          <span className="xs subtle cut" title={summaryOf(trigger)}>
            {summaryOf(trigger)}
          </span>
        </div>
        {mayManage && (
          <IconButton
            label="Delete the trigger"
            icon="trash"
            variant="danger"
            onClick={() => setDeleting(true)}
          />
        )}
        <IconButton label="Close" icon="x" variant="ghost" onClick={onClose} />
      </header>
      <Standing trigger={trigger} mayManage={mayManage} onRun={onRun} />
      <Tabs
        label={`About ${trigger.name}`}
        panel="trigger"
        value={tab}
        onChange={setTab}
        tabs={[
          { id: "settings", label: "Settings" },
          { id: "history", label: trigger.kind === "webhook" ? "Calls" : "History" },
        ]}
      />
      <div
        className="trigger-body scroll"
        role="tabpanel"
        id={`trigger-${tab}`}
        aria-labelledby={`trigger-${tab}-tab`}
      >
        {tab === "history" ? (
          <TriggerHistory trigger={trigger} />
        ) : (
          <>
            {trigger.kind === "webhook" && (
              <div className="form trigger-address">
                <WebhookAddressCard id={trigger.id} mayRotate={mayManage} />
                {test}
              </div>
            )}
            <TriggerForm
              key={trigger.updated_at}
              workflow={trigger.workflow.id}
              trigger={trigger}
              start={setupOf(trigger)}
              parameters={parameters}
              published={published}
              readOnly={!mayManage}
              onSaved={() => undefined}
            />
          </>
        )}
      </div>
      {deleting && (
        <ConfirmDialog
          title={`Delete “${trigger.name}”`}
          action="Delete"
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await deleteTrigger(trigger.id)
            toast(`“${trigger.name}” is deleted.`, { icon: "trash" })
            setDeleting(false)
            onClose()
            await refresh()
          }}
        >
          <p>
            It starts no more runs{trigger.kind === "webhook" && ", and its address stops working"}. Runs that
            it started stay.
          </p>
        </ConfirmDialog>
      )}
    </div>
  )
}

interface StandingProps {
  trigger: Trigger
  mayManage: boolean
  onRun: Props["onRun"]
}

/** On or off, when it fired and will fire, and what keeps it from that. */
function Standing({ trigger, mayManage, onRun }: StandingProps) {
  const now = useNow(15_000)
  const refresh = useRefreshTriggers()
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const attempt = async (act: () => Promise<unknown>) => {
    setBusy(true)
    setFailure(null)
    try {
      await act()
      await refresh()
    } catch (reason) {
      setFailure(reason instanceof Error ? reason.message : "It did not work.")
    } finally {
      setBusy(false)
    }
  }
  const fire = async () => {
    const { run } = await fireTrigger(trigger.id)
    toast(`Run ${run.number} started.`)
    onRun?.(run)
  }
  const runAs = trigger.run_as?.name || trigger.run_as?.email
  const facts = [
    trigger.enabled && trigger.next_fire_at && `Next ${until(trigger.next_fire_at, now)}`,
    trigger.last_fired_at ? `Last ${ago(trigger.last_fired_at, now)}` : "Has not fired yet",
    runAs && `Runs as ${runAs}`,
  ]
  return (
    <div className="trigger-standing">
      <div className="row g3">
        <Toggle
          label={trigger.enabled ? "On" : "Off"}
          checked={trigger.enabled}
          disabled={!mayManage || busy}
          onChange={(enabled) => void attempt(() => updateTrigger(trigger.id, { enabled }))}
        />
        {trigger.kind === "schedule" && mayManage && (
          <span className="end">
            <Button size="sm" icon="play" busy={busy} onClick={() => void attempt(fire)}>
              Run now
            </Button>
          </span>
        )}
      </div>
      <span className="xs subtle" title={trigger.next_fire_at ? moment(trigger.next_fire_at) : undefined}>
        {facts.filter(Boolean).join(" · ")}
      </span>
      {failure && <Note kind="bad">{failure}</Note>}
      {!failure && trigger.last_problem && (
        <Note kind="warn">
          <Prose
            text={
              trigger.last_problem.message ??
              "The last call for a run was refused. Who may see the data of runs is told why."
            }
          />
        </Note>
      )}
      {!onRun && (
        <Link className="linkish xs" href={`/workflows/${trigger.workflow.id}?trigger=${trigger.id}`}>
          Open “{trigger.workflow.name}” in the editor
        </Link>
      )}
    </div>
  )
}
