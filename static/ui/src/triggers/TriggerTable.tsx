import { Link } from "wouter"
import { ago, until } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { ListTable, NameCell } from "../shared/ListTable"
import { MomentCell } from "../shared/MomentCell"
import { StateMark } from "../shared/StateMark"
import type { Trigger } from "./types"
import { KINDS, summaryOf } from "./words"

interface Props {
  triggers: readonly Trigger[]
  selected: string | null
  hrefOf: (id: string) => string
}

const COLUMNS = [
  "Name",
  "Starts",
  { label: "Last", look: "wide-only" },
  { label: "Next", look: "wide-only" },
  "State",
]

export function TriggerTable({ triggers, selected, hrefOf }: Props) {
  const now = useNow(1_000)
  return (
    <ListTable label="Triggers" columns={COLUMNS}>
      {triggers.map((trigger) => (
        <tr key={trigger.id} className={trigger.id === selected ? "is-on" : ""}>
          <NameCell
            name={trigger.name}
            about={summaryOf(trigger)}
            href={hrefOf(trigger.id)}
            isOn={trigger.id === selected}
            tile={{ icon: KINDS[trigger.kind].icon, look: "is-trigger" }}
          />
          <td>
            <Link className="over-link cut" href={`/workflows/${trigger.workflow.id}?trigger=${trigger.id}`}>
              {trigger.workflow.name}
            </Link>
          </td>
          <MomentCell at={trigger.last_fired_at} words={(at) => ago(at, now)} wideOnly />
          <MomentCell
            at={trigger.enabled ? trigger.next_fire_at : null}
            words={(at) => until(at, now)}
            wideOnly
          />
          <td>
            <Standing trigger={trigger} />
          </td>
        </tr>
      ))}
    </ListTable>
  )
}

function Standing({ trigger }: { trigger: Trigger }) {
  if (trigger.enabled && trigger.last_problem) {
    return (
      <span title={trigger.last_problem.message ?? undefined}>
        <StateMark status="failed" pill label="Needs you" />
      </span>
    )
  }
  return trigger.enabled ? (
    <StateMark status="succeeded" label="On" />
  ) : (
    <StateMark status="skipped" label="Off" />
  )
}
