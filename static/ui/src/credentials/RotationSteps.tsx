import { clock, moment } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { asRotationStatus, stepsOf, type ShownStep } from "./rotation"
import type { Rotation } from "./types"

const STATES = { done: "done", now: "under way", todo: "not yet", failed: "failed" } as const

/** The newest rotation, step by step. */
export function RotationSteps({ rotation }: { rotation: Rotation }) {
  const isOver = rotation.status !== "in_progress"
  return (
    <>
      {isOver && rotation.status !== "success" && (
        <p className="body sm">
          <span className="med">{asRotationStatus(rotation.status)}.</span>{" "}
          <span className="muted">{rotation.reason}</span>
        </p>
      )}
      {(rotation.steps.length > 0 || !isOver) && (
        <ol className="rotation-steps" aria-label="Steps of the newest rotation" aria-live="polite">
          {stepsOf(rotation).map((step) => (
            <Step key={step.step} step={step} rotation={rotation} />
          ))}
        </ol>
      )}
    </>
  )
}

function Step({ step, rotation }: { step: ShownStep; rotation: Rotation }) {
  const note = step.note || waitsFor(step, rotation)
  return (
    <li className={`is-${step.state}`}>
      <span className="dot">
        {step.state === "done" && <Icon name="check" size={12} />}
        {step.state === "failed" && <Icon name="x" size={12} />}
        <span className="sr">{STATES[step.state]}</span>
      </span>
      <span>
        <span className="med">{step.label}</span>
        {note && <span className="row muted">{note}</span>}
      </span>
      {step.at && (
        <time className="xs subtle" dateTime={step.at} title={moment(step.at)}>
          {clock(step.at)}
        </time>
      )}
    </li>
  )
}

/** Both versions work until the one before is ended. */
function waitsFor(step: ShownStep, rotation: Rotation): string {
  if (step.step !== "retire" || step.state !== "now" || !rotation.retire_at) return ""
  return `Version ${rotation.from_version} is ended from ${clock(rotation.retire_at)} on, once no step holds it.`
}
