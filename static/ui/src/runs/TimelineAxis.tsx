import { duration } from "../shared/format"
import type { Axis } from "./timeline"

/** The marks over the bars, from the moment the run was asked for. */
export function TimelineAxis({ axis }: { axis: Axis }) {
  return (
    <div className="gantt-axis" aria-hidden="true">
      <span />
      <div>
        {axis.marks.map((mark) => (
          <span key={mark} style={{ left: `${(100 * mark) / axis.length}%` }}>
            {mark === 0 ? "0" : markText(mark, axis.step)}
          </span>
        ))}
      </div>
    </div>
  )
}

/** All marks in the unit of the distance between them: "0.5 s", "1 s", "1.5 s". */
function markText(mark: number, step: number): string {
  if (step < 100) return mark < 1000 ? `${mark} ms` : `${mark / 1000} s`
  if (step < 60_000 && mark < 120_000) return `${Math.round(mark / 100) / 10} s`
  return duration(mark)
}
