import { Link } from "wouter"
import type { Run } from "../api/types"
import { ago, duration, moment } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { moveAmongRows } from "../shared/rowKeys"
import { StateMark } from "../shared/StateMark"
import { needsEyes } from "../shared/status"
import { elapsed, goesOn, triggerLook } from "./runFacts"

interface Props {
  run: Run
  now: Date
}

/** One run in the list. Only what needs eyes gets a pill and a second line in colour. */
export function RunRow({ run, now }: Props) {
  const trigger = triggerLook(run.trigger)
  const took = elapsed(run, now)
  return (
    <tr>
      <td className="mono">
        <Link
          className="row-link"
          href={`/runs/${run.id}`}
          onKeyDown={moveAmongRows}
          aria-label={`Run ${run.number}, ${run.workflow.name}`}
        >
          {run.number}
        </Link>
      </td>
      <td>
        <StateMark status={run.status} pill={needsEyes(run.status)} />
      </td>
      <td>
        <span className="title cut run-workflow">{run.workflow.name}</span>
        <SecondLine run={run} now={now} />
      </td>
      <td>
        <span className="row g1">
          <Icon name={trigger.icon} size={14} />
          {trigger.label}
        </span>
      </td>
      <td className="muted">{run.requested_by ? run.requested_by.name || run.requested_by.email : "–"}</td>
      <td className="muted">
        <time dateTime={run.created_at} title={moment(run.created_at)}>
          {ago(run.created_at, now)}
        </time>
      </td>
      <td className="num">{took === null ? "–" : duration(took)}</td>
    </tr>
  )
}

function SecondLine({ run, now }: Props) {
  if (run.status === "failed" && run.error) {
    const text = run.error.node ? `${run.error.node}: ${run.error.message}` : run.error.message
    return (
      <span className="xs failed cut run-second" title={text}>
        {text}
      </span>
    )
  }
  if (run.status === "waiting" && run.wake_at) {
    return <span className="xs waiting run-second">{goesOn(run.wake_at, now)}</span>
  }
  return (
    <span className="xs subtle run-second">
      {run.version === null ? "draft" : `v${run.version}`}
      {run.mode !== "full" && " · part of it"}
    </span>
  )
}
