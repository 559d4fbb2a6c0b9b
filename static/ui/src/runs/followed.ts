import type { GraphDocument } from "../api/types"
import type { NodeState } from "../shared/live/statusStore"

const WORKING: readonly string[] = ["running", "retrying", "waiting"]

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

/** The node to follow now: the one followed while it is at work, else the one that started last. */
export function nextFollowed(graph: GraphDocument, stateOf: StateOf, current: string | null): string | null {
  const status = current === null ? undefined : stateOf(current)?.status
  return status && WORKING.includes(status) ? current : newestRunning(graph, stateOf)
}

/** The node that started last among those at work. */
export function newestRunning(graph: GraphDocument, stateOf: StateOf): string | null {
  return latest(graph, stateOf, (state) => (WORKING.includes(state.status) ? state.started_at : null))
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
