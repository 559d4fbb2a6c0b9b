import type { KeyboardEvent } from "react"
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
  selected: boolean
  /** Undefined where nothing can be done with several runs. `extend`: all from the row selected last. */
  onSelect: ((extend: boolean) => void) | undefined
  /** Selects this row and the next or the one before. */
  onExtend: (step: 1 | -1) => void
  onClear: () => void
}

/** One run in the list. Only what needs eyes gets a pill and a second line in colour. */
export function RunRow(props: Props) {
  const { run, now, selected, onSelect } = props
  const took = elapsed(run, now)
  return (
    <tr className={selected ? "is-on" : undefined}>
      {onSelect && (
        <td className="run-check over-link">
          <label>
            <input
              type="checkbox"
              tabIndex={-1}
              checked={selected}
              aria-label={`Select run ${run.number}`}
              onChange={() => undefined}
              onClick={(event) => onSelect(event.shiftKey)}
            />
          </label>
        </td>
      )}
      <td className="mono">
        <Link
          className="row-link"
          href={`/runs/${run.id}`}
          aria-label={`Run ${run.number}, ${run.workflow.name}${selected ? ", selected" : ""}`}
          onKeyDown={(event: KeyboardEvent<HTMLElement>) => {
            if (props.onSelect) selectByKeys(event, props)
            if (!event.defaultPrevented) moveAmongRows(event)
          }}
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
        <Trigger run={run} />
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

/** X selects, Shift with X or an arrow extends, Esc clears. */
function selectByKeys(
  event: KeyboardEvent<HTMLElement>,
  { onSelect, onExtend, onClear }: Pick<Props, "onSelect" | "onExtend" | "onClear">,
): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key.toLowerCase() === "x") {
    event.preventDefault()
    onSelect?.(event.shiftKey)
  } else if (event.key === "Escape") {
    event.preventDefault()
    onClear()
  } else if (event.shiftKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    onExtend(event.key === "ArrowDown" ? 1 : -1) // and the focus goes along
  }
}

function Trigger({ run }: { run: Run }) {
  const look = triggerLook(run.trigger)
  const name = run.trigger_ref?.name
  return (
    <>
      <span className="row g1">
        <Icon name={look.icon} size={14} />
        {look.label}
      </span>
      {name && <span className="xs subtle cut run-trigger">{name}</span>}
    </>
  )
}

function SecondLine({ run, now }: { run: Run; now: Date }) {
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
