import { useCallback, useEffect, useRef, useState } from "react"
import type { GraphDocument } from "../api/types"
import { isTerminal } from "../shared/status"
import { newestRunning, nextFollowed, nodeToShow } from "./followed"
import type { StatusSource } from "../shared/live/statusStore"
import type { LiveRun } from "./LiveRun"

/** Fast nodes pass by: the one shown stays at least this long. */
const STAY_MS = 400

/** The node one looks at: chosen by hand, or the one that runs while following is on. `steps` are read by node id. */
export function useFollowedNode(live: LiveRun, graph: GraphDocument, steps: StatusSource) {
  const [selected, setSelected] = useState<string | null>(() => {
    const { status } = live.store.getState().run
    return isTerminal(status) ? nodeToShow(graph, steps.get) : newestRunning(graph, steps.get)
  })
  const [following, setFollowing] = useState(() => !isTerminal(live.store.getState().run.status))
  const current = useRef(selected)
  useEffect(() => {
    current.current = selected
  }, [selected])
  useEffect(() => {
    if (!following) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const show = () => {
      timer = undefined
      const over = isTerminal(live.store.getState().run.status)
      const next = over ? nodeToShow(graph, steps.get) : nextFollowed(graph, steps.get, current.current)
      if (next !== null) setSelected(next)
      if (over) setFollowing(false)
    }
    const soon = () => {
      timer ??= setTimeout(show, STAY_MS)
    }
    show()
    const stopNodes = steps.subscribeBatch(soon)
    const stopRun = live.store.subscribe((state, before) => {
      if (state.run.status !== before.run.status) soon()
    })
    return () => {
      clearTimeout(timer)
      stopNodes()
      stopRun()
    }
  }, [following, graph, live, steps])
  const select = useCallback((id: string | null) => {
    setFollowing(false)
    setSelected(id)
  }, [])
  return { selected, select, following, setFollowing }
}
