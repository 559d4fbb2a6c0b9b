import { useState, type ReactNode } from "react"
import { IconButton } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { Icon } from "../shared/icons/Icon"
import { Tabs } from "../shared/Tabs"
import { toast } from "../shared/toast"
import { deleteTrigger, useRefreshTriggers } from "./api"
import { TriggerForm } from "./TriggerForm"
import { TriggerHistory } from "./TriggerHistory"
import { TriggerStanding } from "./TriggerStanding"
import { useOwnership } from "./useOwnership"
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
  const { mayManage, mayChange } = useOwnership(trigger)
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
      <TriggerStanding trigger={trigger} onRun={onRun} />
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
            {trigger.kind === "webhook" && mayManage && (
              <div className="form trigger-address">
                <WebhookAddressCard id={trigger.id} mayRotate={mayChange} />
                {test}
              </div>
            )}
            <TriggerForm
              key={trigger.id}
              workflow={trigger.workflow.id}
              trigger={trigger}
              start={setupOf(trigger)}
              parameters={parameters}
              published={published}
              readOnly={!mayChange}
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
