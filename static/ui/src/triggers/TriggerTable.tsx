import { Link } from "wouter"
import { ago, moment, until } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { moveAmongRows } from "../shared/rowKeys"
import { StateMark } from "../shared/StateMark"
import type { Trigger } from "./types"
import { KINDS, summaryOf } from "./words"

interface Props {
  triggers: readonly Trigger[]
  selected: string | null
  hrefOf: (id: string) => string
}

export function TriggerTable({ triggers, selected, hrefOf }: Props) {
  const now = useNow(15_000)
  return (
    <table className="list" aria-label="Triggers">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Starts</th>
          <th scope="col" className="wide-only">
            Last
          </th>
          <th scope="col" className="wide-only">
            Next
          </th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {triggers.map((trigger) => (
          <tr key={trigger.id} className={trigger.id === selected ? "is-on" : ""}>
            <td>
              <span className="row g3">
                <span className="tile lg is-trigger">
                  <Icon name={KINDS[trigger.kind].icon} />
                </span>
                <span className="name-cell">
                  <Link
                    className="title cut row-link"
                    href={hrefOf(trigger.id)}
                    aria-current={trigger.id === selected || undefined}
                    onKeyDown={moveAmongRows}
                  >
                    {trigger.name}
                  </Link>
                  <span className="xs subtle cut">{summaryOf(trigger)}</span>
                </span>
              </span>
            </td>
            <td>
              <Link
                className="over-link cut"
                href={`/workflows/${trigger.workflow.id}?trigger=${trigger.id}`}
              >
                {trigger.workflow.name}
              </Link>
            </td>
            <td
              className="muted wide-only"
              title={trigger.last_fired_at ? moment(trigger.last_fired_at) : undefined}
            >
              {trigger.last_fired_at ? ago(trigger.last_fired_at, now) : "–"}
            </td>
            <td
              className="muted wide-only"
              title={trigger.next_fire_at ? moment(trigger.next_fire_at) : undefined}
            >
              {trigger.enabled && trigger.next_fire_at ? until(trigger.next_fire_at, now) : "–"}
            </td>
            <td>
              <Standing trigger={trigger} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
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
