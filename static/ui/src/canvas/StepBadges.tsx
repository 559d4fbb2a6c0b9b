import { Icon } from "../shared/icons/Icon"
import type { NodeState } from "../shared/live/statusStore"
import { Tip } from "../shared/Tip"
import { foldBadges, problemBadge, withAttempts, type Badge } from "./badges"
import { useCanvas } from "./CanvasContext"
import type { StepData } from "./flow"
import { useProblemCount } from "./problemStore"
import { useRefusal } from "./refusals"

/** The marks of a step: what is wrong with it, how often it was tried, how it is treated. */
export function StepBadges({
  id,
  data,
  state,
}: {
  id: string
  data: StepData
  state: NodeState | undefined
}) {
  const problem = useProblemCount(useCanvas().problems, id)
  const own = withAttempts(data.badges, state?.attempt ?? 0, state?.status === "retrying", data.attempts)
  const refusal = useRefusal(id)
  const first = [...(refusal ? [refusal] : []), ...(problem ? [problemBadge(problem)] : [])]
  const { shown, folded } = foldBadges([...first, ...own])
  if (!shown.length) return null
  return (
    <div className="pins">
      {shown.map((badge) => (
        <Mark key={badge.kind} badge={badge} />
      ))}
      {folded.length > 0 && (
        <Tip
          label={folded.map((badge) => (
            <div key={badge.kind}>{badge.title}</div>
          ))}
          side="top"
        >
          <span className="pinb">+{folded.length}</span>
        </Tip>
      )}
    </div>
  )
}

function Mark({ badge }: { badge: Badge }) {
  return (
    <Tip label={badge.title} side="top">
      <span className={`pinb${badge.tone ? ` ${badge.tone}` : ""}`}>
        <Icon name={badge.icon} size={11} />
        {badge.text}
        <span className="sr">{badge.title}</span>
      </span>
    </Tip>
  )
}
