import { useQuery } from "@tanstack/react-query"
import { readRun } from "../editor/api"
import { useEditor, useSession } from "../editor/SessionContext"
import type { Workflow } from "../api/types"
import { IconButton } from "../shared/Button"
import { EmptyState } from "../shared/EmptyState"
import { Icon } from "../shared/icons/Icon"
import { toast } from "../shared/toast"
import { ListenCard } from "./ListenCard"
import { TriggerDetail } from "./TriggerDetail"
import { TriggerForm } from "./TriggerForm"
import type { RunRef, Trigger, TriggerKind } from "./types"
import { workflowTriggers } from "./workflowTriggers"
import { KINDS, newSetup } from "./words"

interface Props {
  workflow: Workflow
  /** An id, or the kind of a new one: `new:webhook`. */
  shown: string
}

/** In the editor: the trigger that is selected, or the one that is being made. */
export default function TriggerPanel({ workflow, shown }: Props) {
  const session = useSession()
  const names = useEditor((state) => (state.graph.parameters ?? []).map((item) => item.name).join("\n"))
  const triggers = useQuery(workflowTriggers(workflow.id)).data ?? []
  const parameters = names ? names.split("\n") : []
  const show = (next: string | null) => session.ui.setState({ trigger: next })
  const onRun = (run: RunRef) =>
    void readRun(run.id).then(
      (found) => session.live.show(found),
      () => toast(`Run ${run.number} can't be drawn.`, { icon: "warn" }),
    )
  const shared = { workflow: workflow.id, parameters, published: workflow.published_version }

  if (shown.startsWith("new:")) {
    const kind = shown.slice("new:".length) as TriggerKind
    return (
      <New kind={kind} onClose={() => show(null)}>
        <TriggerForm
          key={kind}
          {...shared}
          trigger={null}
          start={newSetup(kind, Intl.DateTimeFormat().resolvedOptions().timeZone)}
          readOnly={false}
          onSaved={(made) => show(made.id)}
          onCancel={() => show(null)}
        />
      </New>
    )
  }
  const trigger = triggers.find((item) => item.id === shown)
  if (!trigger) {
    return (
      <EmptyState icon="search" title="There is no such trigger">
        It may have been deleted.
      </EmptyState>
    )
  }
  return (
    <TriggerDetail
      key={trigger.id}
      {...shared}
      trigger={trigger}
      onClose={() => show(null)}
      onRun={onRun}
      test={<Test trigger={trigger} onRun={onRun} />}
    />
  )
}

function New({
  kind,
  onClose,
  children,
}: {
  kind: TriggerKind
  onClose: () => void
  children: React.ReactNode
}) {
  return (
    <div className="trigger-detail">
      <header className="node-head">
        <span className="tile lg is-trigger">
          <Icon name={KINDS[kind].icon} />
        </span>
        <div className="col grow">
          <h2 className="cut">New trigger: {KINDS[kind].label.toLowerCase()}</h2>
          <span className="xs subtle cut">{KINDS[kind].does}</span>
        </div>
        <IconButton label="Close" icon="x" variant="ghost" onClick={onClose} />
      </header>
      <div className="trigger-body scroll">{children}</div>
    </div>
  )
}

function Test({ trigger, onRun }: { trigger: Trigger; onRun: (run: RunRef) => void }) {
  const session = useSession()
  if (!trigger.can.includes("trigger.manage")) return null
  return <ListenCard id={trigger.id} before={() => session.autosave.flush()} onRun={onRun} />
}
