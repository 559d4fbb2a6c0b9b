/** Paths of a run: `each/3/score` is the step “score” in the third iteration of “each”. Pure. */
import type { GraphDocument, NodeDocument } from "../api/types"
import { titleOf } from "../shared/mapping"

export type NodesById = ReadonlyMap<string, NodeDocument>

export const nodesOf = (graph: GraphDocument): NodesById =>
  new Map(graph.nodes.map((node) => [node.id, node]))

const isNumber = (text: string | undefined): text is string =>
  text !== undefined && /^[1-9][0-9]*$/.test(text)

/** What a person calls the step at a path: its title, and behind it the iterations that it lies in. */
export function pathTitle(path: string, nodes: NodesById): string {
  const numbers: string[] = []
  let id = ""
  for (const part of path.split("/")) {
    if (isNumber(part) && id && !nodes.has(part)) numbers.push(part)
    else id = part
  }
  const node = nodes.get(id)
  const title = node ? titleOf(node) : id
  return numbers.length ? `${title} (${numbers.join(", ")})` : title
}

export interface Place {
  /** The iterations to show, from the outside inwards: frame and number. */
  readonly iterations: readonly (readonly [frame: string, number: number])[]
  /** The step itself, or the sub-workflow node that has to be opened to reach it. */
  readonly node: string
  /** The path of that sub-workflow node; null when the step lies in this graph. */
  readonly sub: string | null
}

/** How to show a step by its path, from the graph at `base`; null for a path that leads elsewhere. */
export function placeOf(path: string, base: string, nodes: NodesById): Place | null {
  if (base && !path.startsWith(`${base}/`)) return null
  const parts = path.slice(base ? base.length + 1 : 0).split("/")
  const iterations: [string, number][] = []
  let walked = base
  for (let at = 0; at < parts.length; at++) {
    const id = parts[at] ?? ""
    if (!nodes.has(id)) return null
    walked = walked ? `${walked}/${id}` : id
    const next = parts[at + 1]
    if (next === undefined) return { iterations, node: id, sub: null }
    if (nodes.get(id)?.type === "SubWorkflowNode") return { iterations, node: id, sub: walked }
    if (!isNumber(next)) return null
    iterations.push([id, Number(next)])
    walked = `${walked}/${next}`
    at++
    if (at === parts.length - 1) return { iterations, node: id, sub: null }
  }
  return null
}

/** The frames around a step, the outermost first. */
export function framesAround(id: string, nodes: NodesById): NodeDocument[] {
  const frames: NodeDocument[] = []
  let at = nodes.get(id)?.parent
  while (at) {
    const frame = nodes.get(at)
    if (!frame || frames.includes(frame)) break
    frames.unshift(frame)
    at = frame.parent
  }
  return frames
}
