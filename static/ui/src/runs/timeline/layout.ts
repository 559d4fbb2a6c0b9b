/** Which rows the timeline has: one for each node, under an open frame those of the iteration that is shown. Pure. */
import type { GraphDocument, NodeDocument } from "../../api/types"
import { flowOrder } from "../../editor/flowOrder"
import { parentsOf } from "../../canvas/scopes"

export interface Line {
  readonly id: string
  /** How many frames lie around it. */
  readonly depth: number
  /** Steps lie inside: it can be folded. */
  readonly holds: boolean
}

/** All rows, in the order of the flow. */
export function linesOf(graph: GraphDocument): Line[] {
  const parents = parentsOf(graph.nodes)
  const frames = new Set(parents.values())
  const depthOf = (node: NodeDocument): number => {
    let depth = 0
    for (let at = parents.get(node.id); at !== undefined && depth < 50; at = parents.get(at)) depth++
    return depth
  }
  return flowOrder(graph).map((node) => ({
    id: node.id,
    depth: depthOf(node),
    holds: frames.has(node.id),
  }))
}

/** Without what lies inside of folded frames. */
export function unfolded(lines: readonly Line[], folded: ReadonlySet<string>): Line[] {
  if (folded.size === 0) return [...lines]
  const shown: Line[] = []
  let hidesBelow = Infinity
  for (const line of lines) {
    if (line.depth > hidesBelow) continue
    hidesBelow = folded.has(line.id) ? line.depth : Infinity
    shown.push(line)
  }
  return shown
}

/** The attempt before or after, among those that a row has; null is the newest. */
export function attemptBeside(
  attempts: readonly { attempt: number }[],
  chosen: number | null,
  step: -1 | 1,
): number | null {
  const numbers = attempts.map(({ attempt }) => attempt)
  if (numbers.length === 0) return null
  const at = chosen === null ? numbers.length - 1 : numbers.indexOf(chosen)
  const next = Math.min(numbers.length - 1, Math.max(0, at + step))
  return numbers[next] ?? null
}
