import { useSyncExternalStore } from "react"
import type { Iterations } from "../shared/live/statusStore"
import { isTerminal, type Status } from "../shared/status"
import { useCanvas } from "./CanvasContext"
import { IterationPicker } from "./IterationPicker"

interface Props {
  frame: string
  iterations: Iterations | null
  status: Status | undefined
}

/** The picker in a frame's head: what it shows is kept by the canvas's statuses. */
export function FrameIterations({ frame, iterations, status }: Props) {
  const shown = useShownIteration(frame)
  const follows = useFollows(frame)
  const { statuses } = useCanvas()
  if (!iterations) return null
  return (
    <IterationPicker
      iterations={iterations}
      value={shown}
      onChange={(number) => statuses.choose(frame, number)}
      onFollow={!follows && status && !isTerminal(status) ? () => statuses.choose(frame, null) : undefined}
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

/** Whether a frame shows its newest iteration, since nobody chose another. */
function useFollows(frame: string): boolean {
  const { statuses } = useCanvas()
  return useSyncExternalStore(
    (notice) => statuses.subscribe(frame, notice),
    () => statuses.shownIn(frame).follows,
  )
}
