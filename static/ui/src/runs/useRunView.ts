import { useCallback, useEffect, useLayoutEffect, useMemo, useState } from "react"
import type { GraphDocument, RunDetail } from "../api/types"
import { StepStatuses } from "../canvas/stepStatuses"
import { parentsOf } from "../canvas/scopes"
import { ScopeReader } from "../shared/live/scopes"
import { readScope, useScope } from "./api"
import type { LiveRun } from "./LiveRun"
import { nodesOf, pathTitle, placeOf, type NodesById } from "./paths"

export interface RunView {
  /** The run's graph, or that of the sub-workflow that was opened. */
  graph: GraphDocument
  nodes: NodesById
  /** The path of the sub-workflow that was opened; empty for the run itself. */
  base: string
  steps: StepStatuses
  titleIn: (path: string) => string
  /** What went wrong while a sub-workflow was opened. */
  error: Error | null
}

/** What of the run the page shows, and how to get elsewhere in it. */
export function useRunView(run: RunDetail, live: LiveRun) {
  const [base, setBase] = useState("")
  const [sought, setSought] = useState<string | null>(null)
  const scope = useScope(run.id, base)
  const opened = base && scope.data ? base : ""
  const graph = opened && scope.data ? scope.data.graph : run.graph
  const steps = useMemo(() => new StepStatuses(live.statuses, opened), [live, opened])
  useMissingScopes(run.id, live, steps)
  useEffect(() => {
    if (!opened || !scope.data || live.statuses.knows(opened)) return
    for (const [id, state] of Object.entries(scope.data.nodes)) live.statuses.set(`${opened}/${id}`, state)
  }, [live, opened, scope.data])
  const view = useMemo((): RunView => {
    const nodes = nodesOf(graph)
    const all = opened ? new Map([...nodesOf(run.graph), ...nodes]) : nodes
    const titleIn = (path: string) => pathTitle(path, all)
    return { graph, nodes, base: opened, steps, titleIn, error: base ? scope.error : null }
  }, [graph, run.graph, opened, steps, base, scope.error])
  useEffect(() => steps.arrange(parentsOf(graph.nodes)), [steps, graph])
  const open = useCallback((path: string) => setBase(path), [])
  return { view, open, sought, seek: setSought }
}

/** Reads the iterations that are shown and of which nothing is known. */
function useMissingScopes(runId: string, live: LiveRun, steps: StepStatuses) {
  // before the canvas arranges the steps, which is when the first are missed
  useLayoutEffect(() => {
    const reader = new ScopeReader(live.statuses, (path) => readScope(runId, path))
    steps.onMissing = reader.request
    return () => {
      steps.onMissing = null
      reader.stop()
    }
  }, [runId, live, steps])
}

/** Goes to the step that is sought, through its iterations and, one after the other, the sub-workflows around it. */
export function useSeeking(
  { view, open, sought, seek }: ReturnType<typeof useRunView>,
  select: (id: string | null) => void,
) {
  useEffect(() => {
    if (sought === null) return
    const place = placeOf(sought, view.base, view.nodes)
    if (!place) {
      if (view.base)
        open("") // it lies outside of the sub-workflow that is shown
      else seek(null)
      return
    }
    for (const [frame, number] of place.iterations) view.steps.choose(frame, number)
    if (place.sub !== null && !view.error) return open(place.sub)
    select(place.node)
    seek(null)
  }, [sought, view, open, seek, select])
}
