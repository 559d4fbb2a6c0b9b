import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { useCallback, useSyncExternalStore } from "react"
import { useCan } from "../api/me"
import { readRunNode } from "../editor/api"
import { useSession, useShownRun } from "../editor/SessionContext"

/**
 * A step's data in the run on the canvas, in a frame that of the iteration that is shown; read again when it ends
 * anew. Asks only what the person may see and the run may have.
 */
export function useRunNode(node: string) {
  const shown = useShownRun()
  const roleMayRead = useCan("run.data")
  const mayRead = shown?.can?.includes("run.data") ?? roleMayRead
  const { statuses } = useSession()
  const path = useSyncExternalStore(
    useCallback((notice: () => void) => statuses.subscribe(node, notice), [statuses, node]),
    () => statuses.pathOf(node),
  )
  const state = statuses.live.get(path)
  const isApart = shown?.takesPart != null && path === node && !shown.takesPart.has(node)
  const isReached = isApart
    ? state !== undefined && state.status !== "pending"
    : path === node || state !== undefined
  const answer = useQuery({
    queryKey: ["run-node", shown?.id, path, shown?.ended[path] ?? 0],
    queryFn: () => readRunNode(shown?.id ?? "", path),
    enabled: shown !== null && mayRead && isReached,
    staleTime: 60_000,
    retry: false,
    // the same step's older values stay while newer ones are read; another step's or iteration's never
    placeholderData: (before, query) => (query?.queryKey[2] === path ? keepPreviousData(before) : undefined),
  })
  return { shown, mayRead, answer, path }
}
