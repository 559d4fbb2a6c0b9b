import { Link } from "wouter"
import { useNow } from "../shared/hooks/useNow"
import { waitingText, type WaitingStep } from "./standing"

type Cause = Pick<WaitingStep, "until" | "child_run" | "approval"> & { reason: string | null }

interface Props {
  waiting: Cause
  /** Of the step, where it is not clear which one is meant. */
  title?: string
  /** The run is paused. */
  paused?: boolean
}

/** What a step waits for, with the way to who can end it. */
export function WaitingText({ waiting, title, paused }: Props) {
  const now = useNow(waiting.until ? 250 : 30_000)
  return (
    <>
      {waitingText(title ?? null, { ...waiting, paused }, now)}
      {waiting.reason === "approval" && waiting.approval && (
        <>
          {" "}
          <Link className="linkish" href={`/approvals?approval=${waiting.approval}`}>
            Open the approval
          </Link>
        </>
      )}
      {waiting.reason === "child_run" && waiting.child_run && (
        <>
          {" "}
          <Link className="linkish" href={`/runs/${waiting.child_run.id}`}>
            Open run {waiting.child_run.number}
          </Link>
        </>
      )}
    </>
  )
}
