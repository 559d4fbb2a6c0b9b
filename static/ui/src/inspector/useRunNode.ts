import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { useCan } from "../api/me"
import { readRunNode } from "../editor/api"
import { useShownRun } from "../editor/SessionContext"

/** A step's data in the run on the canvas, read again when it ends anew. Asks only what the person may see. */
export function useRunNode(node: string) {
  const shown = useShownRun()
  const mayRead = useCan("run.data")
  const answer = useQuery({
    queryKey: ["run-node", shown?.id, node, shown?.ended[node] ?? 0],
    queryFn: () => readRunNode(shown?.id ?? "", node),
    enabled: shown !== null && mayRead,
    staleTime: 60_000,
    retry: false,
    // the same step's older values stay while newer ones are read; another step's never
    placeholderData: (before, query) => (query?.queryKey[2] === node ? keepPreviousData(before) : undefined),
  })
  return { shown, mayRead, answer }
}
