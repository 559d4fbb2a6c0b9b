import type { GraphDocument } from "../api/types"
import type { NodeState } from "../shared/live/statusStore"

type StateOf = (node: string) => NodeState | undefined

function latest(
  graph: GraphDocument,
  stateOf: StateOf,
  at: (state: NodeState) => string | null,
): string | null {
  let found: string | null = null
  let time = ""
  for (const { id } of graph.nodes) {
    const state = stateOf(id)
    const moment = state ? at(state) : null
    if (moment !== null && moment >= time) {
      found = id
      time = moment
    }
  }
  return found
}

/** The node that started last among those at work. */
export function newestRunning(graph: GraphDocument, stateOf: StateOf): string | null {
  const working: readonly string[] = ["running", "retrying", "waiting"]
  return latest(graph, stateOf, (state) => (working.includes(state.status) ? state.started_at : null))
}

/** What a person wants to see of a run that is over: the first failure, where it was cancelled, else the last result. */
export function nodeToShow(graph: GraphDocument, stateOf: StateOf): string | null {
  const ended = (status: string) => graph.nodes.filter(({ id }) => stateOf(id)?.status === status)
  const failed = ended("failed")
  const first = [...(failed.length > 0 ? failed : ended("cancelled"))].sort((a, b) =>
    (stateOf(a.id)?.finished_at ?? "").localeCompare(stateOf(b.id)?.finished_at ?? ""),
  )[0]
  return (
    first?.id ?? latest(graph, stateOf, (state) => (state.status === "succeeded" ? state.finished_at : null))
  )
}

/** Nodes in the order of the flow, sources first; what stands in a cycle comes last, as written. */
export function flowOrder(graph: GraphDocument): readonly string[] {
  const waitsFor = new Map(graph.nodes.map(({ id }) => [id, 0]))
  for (const { target } of graph.connections) waitsFor.set(target, (waitsFor.get(target) ?? 0) + 1)
  const targets = new Map<string, string[]>()
  for (const { source, target } of graph.connections)
    targets.set(source, [...(targets.get(source) ?? []), target])
  const order = graph.nodes.map(({ id }) => id).filter((id) => waitsFor.get(id) === 0)
  for (let next = 0; next < order.length; next++) {
    for (const target of targets.get(order[next]!) ?? []) {
      const left = (waitsFor.get(target) ?? 0) - 1
      waitsFor.set(target, left)
      if (left === 0) order.push(target)
    }
  }
  const placed = new Set(order)
  return [...order, ...graph.nodes.map(({ id }) => id).filter((id) => !placed.has(id))]
}
