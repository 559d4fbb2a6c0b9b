import type { Workflow } from "../api/types"
import { useEditor, useSession } from "../editor/SessionContext"
import { Button } from "../shared/Button"
import { EmptyState } from "../shared/EmptyState"
import { ago } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { ParametersForm } from "./ParametersForm"
import { Section } from "./Section"
import { lazy, Suspense } from "react"
import { useCan } from "../api/me"
import { SettingsSection } from "./SettingsSection"
import "./Inspector.css"

const TriggersSection = lazy(() => import("../triggers/TriggersSection"))
const NoticesSection = lazy(() => import("../notices/NoticesSection"))
const WorkflowAccessSection = lazy(() => import("../access/WorkflowAccessSection"))
const OperationsSection = lazy(() => import("../operations/OperationsSection"))

/** Nothing is selected: what belongs to the workflow as a whole. */
export function WorkflowPanel({ workflow, onAdd }: { workflow: Workflow; onAdd: () => void }) {
  const { editable } = useSession()
  const mayNotify = useCan("notification.view")
  const mayTrigger = useCan("trigger.view")
  const steps = useEditor((state) => state.graph.nodes.length)
  return (
    <>
      <div className="insp-head">
        <span className="tile lg is-flow">
          <Icon name="workflow" />
        </span>
        <div className="col grow">
          <h2 className="insp-title cut">{workflow.name}</h2>
          <span className="xs subtle cut">Workflow · changed {ago(workflow.updated_at)}</span>
        </div>
      </div>
      <div className="insp-body scroll">
        {workflow.description && <p className="insp-none muted">{workflow.description}</p>}
        <Section title="Parameters">
          <ParametersForm />
        </Section>
        <Suspense>{mayTrigger && <TriggersSection workflow={workflow.id} />}</Suspense>
        <SettingsSection />
        <Suspense>
          <WorkflowAccessSection workflow={workflow} />
        </Suspense>
        <Suspense>{mayNotify && <NoticesSection workflow={workflow} />}</Suspense>
        <Suspense>
          <OperationsSection workflow={workflow} />
        </Suspense>
        {steps === 0 && editable && (
          <EmptyState
            icon="plus"
            title="An empty canvas"
            action={
              <Button variant="primary" onClick={onAdd}>
                Find a node
              </Button>
            }
          >
            Drag a node from the library, or press / and type what you need.
          </EmptyState>
        )}
      </div>
    </>
  )
}
