import { StateIcon } from "./icons/StateIcon"
import { markOf, statusLabel, type RunStatus, type Status } from "./status"

interface Props {
  status: Status | RunStatus
  pill?: boolean
  /** Replaces the state's own word; `false` leaves only the mark, with the word for screen readers. */
  label?: string | false
  size?: number
}

/** A state as mark and word, the same wherever it stands. */
export function StateMark({ status, pill = false, label, size = 14 }: Props) {
  const mark = markOf(status)
  return (
    <span
      className={`st ${mark}${pill ? " pill" : ""}`}
      title={label === false ? statusLabel(status) : undefined}
    >
      <StateIcon status={mark} size={size} />
      {label === false ? <span className="sr">{statusLabel(status)}</span> : (label ?? statusLabel(status))}
    </span>
  )
}
