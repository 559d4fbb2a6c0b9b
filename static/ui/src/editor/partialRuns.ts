/** Runs of a part of the graph: what takes part, and what it needs from earlier. Pure. */
import type { ConnectionDocument, GraphDocument, RunMode } from "../api/types"
import { around, besideOnly, parentsOf } from "../canvas/scopes"

export type PartMode = Exclude<RunMode, "full">

/** The step at the top that stands for another: a body runs only as a whole. */
export function outerOf(graph: GraphDocument, id: string): string {
  return around(id, parentsOf(graph.nodes)).at(-1) ?? id
}

/** The direct sources that don't run themselves but must have a result from earlier. */
export function borrowed(graph: GraphDocument, mode: PartMode, id: string): string[] {
  if (mode === "to_node") return []
  const connections = besideOnly(graph.connections, parentsOf(graph.nodes))
  const outer = outerOf(graph, id)
  const part = mode === "single" ? new Set([outer]) : downstream(outer, connections)
  const sources = connections.filter((item) => part.has(item.target) && !part.has(item.source))
  return [...new Set(sources.map((item) => item.source))]
}

function downstream(start: string, connections: readonly ConnectionDocument[]): Set<string> {
  const next = new Map<string, string[]>()
  for (const { source, target } of connections) {
    const list = next.get(source)
    if (list) list.push(target)
    else next.set(source, [target])
  }
  const found = new Set([start])
  for (const id of found) for (const target of next.get(id) ?? []) found.add(target) // a set visits what it gains
  return found
}

export interface Earlier {
  /** Whether the run that is shown has a result of this step. */
  has: (id: string) => boolean
  /** Whether runs that are not shown may have one. */
  mayBeElsewhere: boolean
}

/** The step without an earlier result that a partial run would need; null when it can be tried. */
export function lacking(graph: GraphDocument, mode: PartMode, id: string, earlier: Earlier): string | null {
  if (earlier.mayBeElsewhere) return null
  const pinned = new Set(graph.nodes.flatMap((node) => (node.options?.pin || node.disabled ? [node.id] : [])))
  return borrowed(graph, mode, id).find((source) => !pinned.has(source) && !earlier.has(source)) ?? null
}
