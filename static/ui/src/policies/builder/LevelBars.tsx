import type { Named } from "../model/vocabulary"

const BARS = [1, 2, 3, 4, 5]

/** How high a level is among the levels, as bars. */
export function LevelBars({ level, levels }: { level: string; levels: readonly Named[] }) {
  const at = levels.findIndex(({ key }) => key === level)
  if (at < 0) return null
  const bars = Math.max(1, Math.round(((at + 1) / levels.length) * BARS.length))
  return (
    <span className="level" data-l={bars} aria-hidden="true">
      <i>
        {BARS.map((bar) => (
          <b key={bar} />
        ))}
      </i>
    </span>
  )
}
