import { IconButton } from "../Button"
import { count } from "../format"

interface Props {
  from: number
  to: number
  total: number
  onMove: (step: -1 | 1) => void
}

/** "Rows 1 to 50 of 149", with the buttons to the ones before and after. */
export function Pager({ from, to, total, onMove }: Props) {
  return (
    <div className="data-pages">
      <span>
        Rows {count(from + 1)} to {count(to)} of {count(total)}
      </span>
      {to - from < total && (
        <span className="row end g1">
          <IconButton
            label="Rows before"
            icon="left"
            size="sm"
            variant="ghost"
            disabledReason={from === 0 && "These are the first."}
            onClick={() => onMove(-1)}
          />
          <IconButton
            label="Rows after"
            icon="right"
            size="sm"
            variant="ghost"
            disabledReason={to === total && "These are the last."}
            onClick={() => onMove(1)}
          />
        </span>
      )}
    </div>
  )
}
