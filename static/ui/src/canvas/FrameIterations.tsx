import { useSyncExternalStore } from "react"
import type { Iterations } from "../shared/live/statusStore"
import { useCanvas } from "./CanvasContext"
import { IterationPicker } from "./IterationPicker"

/** The picker in a frame's head: what it shows is kept by the canvas's statuses. */
export function FrameIterations({ frame, iterations }: { frame: string; iterations: Iterations | null }) {
  const shown = useShownIteration(frame)
  const { statuses } = useCanvas()
  if (!iterations) return null
  return (
    <IterationPicker
      iterations={iterations}
      value={shown}
      onChange={(number) => statuses.choose(frame, number)}
    />
  )
}

/** The iteration of a frame that the canvas shows; null before the first. */
export function useShownIteration(frame: string): number | null {
  const { statuses } = useCanvas()
  return useSyncExternalStore(
    (notice) => statuses.subscribe(frame, notice),
    () => statuses.shownIn(frame).number,
  )
}
