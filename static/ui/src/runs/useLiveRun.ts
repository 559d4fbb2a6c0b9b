import { useQueryClient } from "@tanstack/react-query"
import { useEffect, useRef, useState } from "react"
import { useStore } from "zustand"
import { rereadAll, useAccessVersion } from "../api/access"
import type { RunDetail } from "../api/types"
import { useViewer } from "../api/viewing"
import { announce } from "../shared/announce"
import { RunSocket } from "../shared/live/runSocket"
import { withoutWords } from "../shared/live/withoutWords"
import { statusLabel } from "../shared/status"
import { readLogs } from "./api"
import { readTimeline } from "./timeline/api"
import { LiveRun, type LiveState } from "./LiveRun"

/** Follows a run while its page is open. `titleOf` names a node in what is announced. */
export function useLiveRun(detail: RunDetail, titleOf: (node: string) => string): LiveRun {
  const client = useQueryClient()
  const viewer = useViewer()
  const [live] = useState(
    () =>
      new LiveRun(detail, {
        openSocket: (after, own) => {
          const handlers = viewer ? withoutWords(own) : own
          return new RunSocket({ runId: detail.id, after, handlers })
        },
        readTimeline: (container, take, signal) => readTimeline(detail.id, container, take, signal),
        readLogs: (after, take, signal) => readLogs(detail.id, after, take, signal),
        onNodeFailed: (node, state) =>
          announce(`“${titleOf(node)}” failed. ${state.error?.message ?? ""}`, "assertive"),
        onEnd: (run) => {
          announce(
            `Run ${detail.number}: ${statusLabel(run.status)}.`,
            run.status === "failed" ? "assertive" : "polite",
          )
          void client.invalidateQueries({ queryKey: ["run", detail.id], exact: true })
        },
        onAccess: () => {
          live.rereadData()
          rereadAll(client)
        },
      }),
  )
  useEffect(() => {
    live.start()
    return () => live.stop()
  }, [live])
  useEffect(() => live.adoptAccess(detail), [live, detail])
  const version = useAccessVersion()
  const before = useRef(version)
  useEffect(() => {
    if (before.current !== undefined && before.current !== version) live.rereadData()
    before.current = version
  }, [live, version])
  return live
}

export function useLive<T>(live: LiveRun, select: (state: LiveState) => T): T {
  return useStore(live.store, select)
}
