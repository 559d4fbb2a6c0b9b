import { useEffect, useState } from "react"
import type { GraphDocument } from "../api/types"
import { isTerminal } from "../shared/status"
import { nodeToShow, newestRunning } from "./followed"
import type { LiveRun } from "./LiveRun"

/** The node one looks at: chosen by hand, or the one that runs while following is on. */
export function useFollowedNode(live: LiveRun, graph: GraphDocument) {
  const [selected, setSelected] = useState<string | null>(() => {
    const { status } = live.store.getState().run
    return isTerminal(status) ? nodeToShow(graph, live.statuses.get) : newestRunning(graph, live.statuses.get)
  })
  const [following, setFollowing] = useState(() => !isTerminal(live.store.getState().run.status))
  useEffect(() => {
    if (!following) return
    const show = () => {
      const over = isTerminal(live.store.getState().run.status)
      const next = over ? nodeToShow(graph, live.statuses.get) : newestRunning(graph, live.statuses.get)
      if (next !== null) setSelected(next)
      if (over) setFollowing(false)
    }
    show()
    const stopNodes = live.statuses.subscribeBatch(show)
    const stopRun = live.store.subscribe((state, before) => {
      if (state.run.status !== before.run.status) show()
    })
    return () => {
      stopNodes()
      stopRun()
    }
  }, [following, graph, live])
  const select = (id: string | null) => {
    setFollowing(false)
    setSelected(id)
  }
  return { selected, select, following, setFollowing }
}
