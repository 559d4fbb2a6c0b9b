import { useQuery } from "@tanstack/react-query"
import { useCan } from "../api/me"
import { useSession } from "../editor/SessionContext"
import { Section } from "../inspector/Section"
import { Button } from "../shared/Button"
import { Icon } from "../shared/icons/Icon"
import { Menu } from "../shared/Menu"
import type { TriggerKind } from "./types"
import { workflowTriggers } from "./workflowTriggers"
import { KINDS, summaryOf } from "./words"
import "./triggers.css"

/** In the panel of the workflow: what starts it without a person. */
export default function TriggersSection({ workflow }: { workflow: string }) {
  const session = useSession()
  const mayManage = useCan("trigger.manage")
  const { data: triggers } = useQuery(workflowTriggers(workflow))
  const show = (trigger: string) => session.ui.setState({ trigger })
  return (
    <Section
      title="Triggers"
      end={
        mayManage && (
          <Menu
            items={(Object.keys(KINDS) as TriggerKind[]).map((kind) => ({
              label: KINDS[kind].label,
              icon: KINDS[kind].icon,
              onSelect: () => show(`new:${kind}`),
            }))}
          >
            <Button size="sm" icon="plus">
              Add a trigger
            </Button>
          </Menu>
        )
      }
    >
      {triggers?.length ? (
        <div className="trigger-list">
          {triggers.map((trigger) => (
            <button key={trigger.id} type="button" className="trigger-item" onClick={() => show(trigger.id)}>
              <span className="tile is-trigger">
                <Icon name={KINDS[trigger.kind].icon} size={14} />
              </span>
              <span>
                <b className="med cut">{trigger.name}</b>
                <span className="xs subtle cut">{summaryOf(trigger)}</span>
              </span>
              <span className={trigger.last_problem && trigger.enabled ? "xs failed" : "xs subtle"}>
                {trigger.enabled ? (trigger.last_problem ? "Needs you" : "On") : "Off"}
              </span>
            </button>
          ))}
        </div>
      ) : (
        <p className="xs subtle">
          {triggers ? "None: the workflow runs when a person or a program starts it." : "…"}
        </p>
      )}
    </Section>
  )
}
