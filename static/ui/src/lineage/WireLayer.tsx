import type { DrawnWire } from "./cards"

interface Props {
  wires: readonly DrawnWire[]
  /** Of the wires on the way of what is chosen; null while nothing is. */
  hot: ReadonlySet<number> | null
}

/** All wires, below the cards; those on the way above the others. What they say, the columns and the pane say too. */
export function WireLayer({ wires, hot }: Props) {
  const cold = wires.filter(({ at }) => !hot?.has(at))
  const warm = wires.filter(({ at }) => hot?.has(at))
  return (
    <svg className="lin-wires" aria-hidden="true">
      {[...cold, ...warm].map(({ at, edge, d }) => (
        <path key={at} d={d} className={`lin-wire is-${edge.tier}${hot?.has(at) ? " is-hot" : ""}`} />
      ))}
    </svg>
  )
}
