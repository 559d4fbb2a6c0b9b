import { moment } from "../shared/format"
import type { Moment } from "./types"

interface Props {
  /** The oldest first. */
  moments: readonly Moment[]
  run: string | null
  onChange: (run: string | null) => void
}

/** The runs that wrote or read it, in order; the last place stands for all of them together. */
export function TimeBar({ moments, run, onChange }: Props) {
  const now = moments.length
  const found = moments.findIndex((one) => one.run.id === run)
  const at = run === null || found < 0 ? now : found
  const here = moments[at]
  const words = here ? `As of run ${here.run.number}` : "Of all runs"
  return (
    <div className="toolbar lin-time">
      <span className="sm med nowrap">{words}</span>
      <span className="lin-slider">
        {moments.map((one, index) => (
          <i
            key={one.run.id}
            style={{ left: `calc((100% - var(--thumb)) * ${index / Math.max(1, now)})` }}
            className={one.direction === "read" ? "is-read" : undefined}
          />
        ))}
        <input
          type="range"
          min={0}
          max={now}
          step={1}
          value={at}
          aria-label="As of which run"
          aria-valuetext={here ? `${words}, ${here.workflow.name}, ${moment(here.at)}` : words}
          onChange={({ target }) => onChange(moments[Number(target.value)]?.run.id ?? null)}
        />
      </span>
      <span className="xs subtle num nowrap lin-when">{here ? moment(here.at) : "now"}</span>
    </div>
  )
}
