/** Where triggers stand on the canvas: left of all steps, one below the other. Pure. */
import type { GraphDocument } from "../api/types"
import type { StepNode } from "../canvas/flow"
import { boundsOf, type Point, type Rect } from "../canvas/geometry"
import { parentsOf } from "../canvas/scopes"

export const CARD = { width: 156, height: 72, port: 36 }
const GAP = 24
const AWAY = 96
const MOST_WIRES = 24

export interface Lane {
  /** The upper left corner of each card. */
  cards: ReadonlyMap<string, Point>
  /** The steps that a run begins with, where a wire to them ends. */
  ends: readonly Point[]
  bounds: Rect
}

/** Null when there is no trigger to draw. */
export function laneOf(
  triggers: readonly string[],
  graph: Pick<GraphDocument, "nodes" | "connections">,
  steps: readonly StepNode[],
): Lane | null {
  if (triggers.length === 0) return null
  const fed = new Set(graph.connections.map((connection) => connection.target))
  const inside = parentsOf(graph.nodes)
  const outer = steps.filter((step) => !inside.has(step.id))
  const first = outer.filter((step) => !fed.has(step.id))
  const all = boundsOf(outer.map(rectOf))
  const ends = first.map((step) => ({ x: step.position.x, y: step.position.y + portOf(step) }))
  const middle = ends.length ? ends.reduce((sum, end) => sum + end.y, 0) / ends.length : CARD.port
  const height = triggers.length * CARD.height + (triggers.length - 1) * GAP
  const left = (outer.length ? all.x : CARD.width + AWAY) - AWAY - CARD.width
  const top = Math.round(middle - CARD.port - (height - CARD.height) / 2)
  return {
    cards: new Map(triggers.map((id, at) => [id, { x: left, y: top + at * (CARD.height + GAP) }])),
    ends: triggers.length * ends.length > MOST_WIRES ? [] : ends,
    bounds: { x: left, y: top, width: CARD.width, height },
  }
}

function rectOf({ position, width = 0, height = 0 }: StepNode): Rect {
  return { ...position, width, height }
}

const portOf = (step: StepNode): number => step.data.layout.inputs[0]?.y ?? CARD.port
