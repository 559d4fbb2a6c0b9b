import { useState } from "react"
import { Link } from "wouter"
import { Button } from "../shared/Button"
import { Toggle } from "../shared/Field"
import { ago, moment, until } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Note } from "../shared/Note"
import { Prose } from "../shared/Prose"
import { toast } from "../shared/toast"
import { fireTrigger, updateTrigger, useRefreshTriggers } from "./api"
import { TakeOver } from "./TakeOver"
import type { RunRef, Trigger } from "./types"
import { useOwnership } from "./useOwnership"

interface Props {
  trigger: Trigger
  /** Where a run that was started from here is shown; else a link to the workflow is offered. */
  onRun?: (run: RunRef) => void
}

/** On or off, when it fired and will fire, and what keeps it from that. */
export function TriggerStanding({ trigger, onRun }: Props) {
  const { mayManage, mayChange, isMine } = useOwnership(trigger)
  const now = useNow(1_000)
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
    runAs && `Runs as ${isMine ? "you" : runAs}`,
  ]
  return (
    <div className="trigger-standing">
      <div className="row g3">
        <Toggle
          label={trigger.enabled ? "On" : "Off"}
          checked={trigger.enabled}
          disabled={busy || !(mayChange || (mayManage && trigger.enabled))}
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
      <div className="row g2">
        <span className="xs subtle" title={trigger.next_fire_at ? moment(trigger.next_fire_at) : undefined}>
          {facts.filter(Boolean).join(" · ")}
        </span>
        {mayManage && !isMine && (
          <span className="end">
            <TakeOver trigger={trigger} />
          </span>
        )}
      </div>
      {mayManage && !mayChange && (
        <p className="xs subtle">
          Its runs have the rights of {runAs ?? "somebody who is gone"}. To change it, take it over.
        </p>
      )}
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
