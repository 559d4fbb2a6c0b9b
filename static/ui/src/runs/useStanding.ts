import { useQuery } from "@tanstack/react-query"
import { useEffect } from "react"
import type { RunDetail } from "../api/types"
import { isTerminal } from "../shared/status"
import { readRun } from "./api"
import type { LiveRun } from "./LiveRun"
import { type Standing, standingOf } from "./standing"
import { useLive } from "./useLiveRun"

const WHILE_LINED_UP_MS = 2_000
/** The answer tells of every node: that of a large graph is asked for less often. */
const LARGE = 1_000
const LARGE_MS = 10_000
const SETTLE_MS = 250

/** What the run waits for: read again when it turns, and now and then while it stands in line or is to pause. */
export function useStanding(run: RunDetail, live: LiveRun): Standing & { read: () => void } {
  const status = useLive(live, (state) => state.run.status)
  const { data = standingOf(run), refetch } = useQuery({
    queryKey: ["run", run.id, "standing"],
    queryFn: async () => standingOf(await readRun(run.id)),
    initialData: () => standingOf(run),
    staleTime: Infinity,
    refetchInterval: ({ state: { data: known } }) => {
      const lined = status === "queued" || (known?.pause_requested && status !== "paused")
      if (!lined || isTerminal(status)) return false
      return run.graph.nodes.length > LARGE ? LARGE_MS : WHILE_LINED_UP_MS
    },
  })
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = live.store.subscribe((state, before) => {
      if (state.turns === before.turns) return
      timer ??= setTimeout(() => {
        timer = undefined
        void refetch()
      }, SETTLE_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [live, refetch])
  return { ...data, read: () => void refetch() }
}
