import { useStoreApi } from "@xyflow/react"
import { useMemo, useSyncExternalStore } from "react"
import { useCanvas } from "./CanvasContext"
import type { StepNode, WireEdge } from "./flow"

const NONE: ReadonlySet<string> = new Set()

/** The outputs of a step that its run went on by: those with a step behind them that was not skipped. */
export function useTakenOutputs(id: string, needed: boolean): ReadonlySet<string> {
  const { statuses } = useCanvas()
  const flow = useStoreApi<StepNode, WireEdge>()
  const read = () => {
    if (!needed || statuses.get(id)?.status !== "succeeded") return ""
    const taken = new Set<string>()
    for (const edge of flow.getState().edges) {
      if (edge.source !== id || !edge.data || edge.data.kind === "error") continue
      const target = statuses.get(edge.target)?.status ?? "pending"
      if (target !== "skipped" && target !== "pending") taken.add(edge.data.output)
    }
    return [...taken].join("\n")
  }
  const key = useSyncExternalStore(
    (notice) => (needed ? statuses.subscribeBatch(notice) : () => undefined),
    read,
  )
  return useMemo(() => (key ? new Set(key.split("\n")) : NONE), [key])
}
