import { useMemo } from "react"
import type { NodeState } from "../shared/live/statusStore"
import { useNodeRun } from "./api"
import type { AttemptDetail } from "./AttemptPicker"

/** Changes whenever what a node took and gave has. */
export const dataKey = (state: NodeState | undefined): string =>
  `${state?.status}/${state?.attempt}/${state?.finished_at}`

/** What the API knows of a node's attempts, by number; empty for who may not see the data of runs. */
export function useAttempts(
  runId: string,
  path: string,
  state: NodeState | undefined,
  mayRead: boolean,
): ReadonlyMap<number, AttemptDetail> {
  const { data } = useNodeRun(runId, path, dataKey(state), mayRead)
  return useMemo(() => new Map(data?.attempts.map((one) => [one.attempt, one])), [data])
}
