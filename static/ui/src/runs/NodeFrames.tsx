import { useSyncExternalStore } from "react"
import type { NodeDocument } from "../api/types"
import { IterationPicker } from "../canvas/IterationPicker"
import type { StepStatuses } from "../canvas/stepStatuses"
import { useNodeState } from "../shared/live/statusStore"
import { titleOf } from "../shared/mapping"
import { isTerminal } from "../shared/status"

/** For each frame around a step: which of its iterations is shown. */
export function NodeFrames({ frames, steps }: { frames: readonly NodeDocument[]; steps: StepStatuses }) {
  if (frames.length === 0) return null
  return (
    <div className="node-frames">
      {frames.map((frame) => (
        <Frame key={frame.id} frame={frame} steps={steps} />
      ))}
    </div>
  )
}

function Frame({ frame, steps }: { frame: NodeDocument; steps: StepStatuses }) {
  const state = useNodeState(steps, frame.id)
  const shown = useShownIteration(steps, frame.id)
  const follows = useSyncExternalStore(
    (notice) => steps.subscribe(frame.id, notice),
    () => steps.shownIn(frame.id).follows,
  )
  return (
    <span>
      <span className="muted">{titleOf(frame)}</span>
      {state?.iterations ? (
        <IterationPicker
          iterations={state.iterations}
          value={shown}
          onChange={(number) => steps.choose(frame.id, number)}
          onFollow={!follows && !isTerminal(state.status) ? () => steps.choose(frame.id, null) : undefined}
        />
      ) : (
        <span className="subtle">not started</span>
      )}
    </span>
  )
}

/** The iteration of a frame that is shown; null before the first. */
export function useShownIteration(steps: StepStatuses, frame: string): number | null {
  return useSyncExternalStore(
    (notice) => steps.subscribe(frame, notice),
    () => steps.shownIn(frame).number,
  )
}

/** The path of a step in the iterations that are shown. */
export function useShownPath(steps: StepStatuses, id: string): string {
  return useSyncExternalStore(
    (notice) => steps.subscribe(id, notice),
    () => steps.pathOf(id),
  )
}
