import { duration } from "../../shared/format"
import { lengthOf, type Marks, type TimeWindow } from "./axis"

/** The marks over the bars, from the moment the run began. */
export function TimelineAxis({ window, marks }: { window: TimeWindow; marks: Marks }) {
  return (
    <div className="gantt-axis" aria-hidden="true">
      <span className="gantt-note">Critical path underlined</span>
      <div className="gantt-scale">
        {marks.at.map((mark) => (
          <span key={mark} style={{ left: `${(100 * (mark - window.from)) / lengthOf(window)}%` }}>
            {mark === 0 ? "0" : markText(mark, marks.step)}
          </span>
        ))}
      </div>
    </div>
  )
}

/** All marks in the unit of the distance between them: "0.5 s", "1 s", "1.5 s". */
export function markText(mark: number, step: number): string {
  if (step < 1) return `${mark.toFixed(1)} ms`
  if (step < 100) return mark < 1000 ? `${mark} ms` : `${(mark / 1000).toFixed(3).replace(/0+$/, "")} s`
  if (step < 60_000 && mark < 120_000) return `${Math.round(mark / 100) / 10} s`
  if (step < 60_000) {
    const seconds = Math.round((mark % 60_000) / 1000)
    return `${Math.floor(mark / 60_000)} min${seconds ? ` ${seconds} s` : ""}`
  }
  return duration(mark)
}
