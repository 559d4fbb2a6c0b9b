import { Link } from "wouter"
import type { NodeDocument, RunDetail } from "../api/types"
import { Button } from "../shared/Button"
import { until } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import type { NodeState } from "../shared/live/statusStore"
import { Note } from "../shared/Note"
import { AttemptPicker, type AttemptDetail } from "./AttemptPicker"
import { CodeLine } from "./CodeLine"
import { DecidedNote } from "./DecidedNote"
import { skipCause, skipText } from "./runFacts"
import type { WaitingStep } from "./standing"
import type { Attempt } from "./timeline/rows"
import type { RunView } from "./useRunView"
import { WaitingText } from "./WaitingText"

interface Props {
  run: RunDetail
  node: NodeDocument
  /** Where the run tells of it. */
  path: string
  state: NodeState | undefined
  view: RunView
  attempts: readonly Attempt[]
  details: ReadonlyMap<number, AttemptDetail>
  /** The attempt that is looked at; null for the newest. */
  attempt: number | null
  onAttempt: (attempt: number | null) => void
  /** What the node waits for. */
  waiting: WaitingStep | undefined
  /** The run is paused. */
  paused: boolean
  /** Says what became of a step whose outcome nobody knows; undefined for who may not. */
  onDecide: (() => void) | undefined
}

/** What went wrong or holds the node up, on top of its data: error with the author's line, attempts, skip, wait. */
export function NodeTrouble(props: Props) {
  const { run, node, path, state, attempts, details, attempt } = props
  const earlier = attempts.find((one) => one.attempt === attempt)
  const detail = details.get(attempt ?? attempts.at(-1)?.attempt ?? 0)
  const note = earlier
    ? earlierNote(earlier, details.get(earlier.attempt), node)
    : (originNote(run, path, state) ?? troubleNote(props, detail))
  if (!note && attempts.length < 2 && !detail?.decided) return null
  return (
    <div className="trouble">
      {note}
      {detail?.decided && <DecidedNote decided={detail.decided} />}
      {attempts.length > 1 && (
        <AttemptPicker attempts={attempts} details={details} chosen={attempt} onChoose={props.onAttempt} />
      )}
    </div>
  )
}

/** What came of an attempt that was not the last. */
function earlierNote(attempt: Attempt, detail: AttemptDetail | undefined, node: NodeDocument) {
  if (attempt.status !== "failed") return null
  const line = detail?.error?.line
  return (
    <Note kind="warn">
      <b className="med">Attempt {attempt.attempt} failed. </b>
      {detail?.error?.message ?? "The worker was lost."}
      {typeof line === "number" && <CodeLine node={node} line={line} />}
    </Note>
  )
}

/** Where an output came from that the node did not make in this run; or why there is none. */
function originNote(run: RunDetail, path: string, state: NodeState | undefined) {
  if (state?.pinned) return <Note icon="pin">Pinned in the workflow: the node did not run.</Note>
  if (state?.copied_from) {
    const { id, number } = state.copied_from
    return (
      <Note icon="copy">
        Taken over from <Link href={`/runs/${id}`}>{number ? `run ${number}` : "an earlier run"}</Link>: the
        node did not run again.
      </Note>
    )
  }
  const [root = ""] = path.split("/")
  if (!state?.started_at && run.selected && !run.selected.includes(root))
    return <Note>Not part of this run.</Note>
  return null
}

function troubleNote(
  { node, state, view, waiting, paused, onDecide }: Props,
  detail: AttemptDetail | undefined,
) {
  if (!state) return null
  if (state.error && (state.status === "failed" || state.status === "retrying")) {
    const { line } = state.error
    const message = detail?.error?.message ?? state.error.message
    return (
      <Note kind={state.status === "failed" ? "bad" : "warn"}>
        <b className="med">
          {state.status === "failed" ? (
            "Failed. "
          ) : (
            <NextTry at={state.wake_at} attempt={state.attempt} paused={paused} />
          )}
        </b>
        {message}
        {typeof line === "number" && <CodeLine node={node} line={line} />}
      </Note>
    )
  }
  if (state.status === "succeeded" && state.returned_error) {
    return (
      <Note kind="warn">
        <b className="med">It failed, and gave that as its result. </b>
        The run went on with it (<code>{state.returned_error}</code>).
      </Note>
    )
  }
  if (state.status === "skipped") {
    const cause = skipCause(view.graph.connections, view.steps.get, node.id)
    return <Note>{skipText(state.reason, cause === null ? null : view.titleIn(cause))}</Note>
  }
  if (state.status === "waiting")
    return <Waiting state={state} waiting={waiting} paused={paused} onDecide={onDecide} />
  return null
}

function NextTry({ at, attempt, paused }: { at: string | null; attempt: number; paused: boolean }) {
  const now = useNow(250, !paused)
  const when = paused ? "once the run is resumed" : at ? until(at, now) : "soon"
  return <>{`Attempt ${attempt + 1} ${when}. `}</>
}

interface WaitingProps {
  state: NodeState
  waiting: WaitingStep | undefined
  paused: boolean
  onDecide: (() => void) | undefined
}

function Waiting({ state, waiting, paused, onDecide }: WaitingProps) {
  if (state.reason === "outcome_unknown") {
    return (
      <Note kind="warn">
        The worker died while this node was at work, and it must not run twice. Nobody knows whether it took
        effect: look there, then decide.
        {onDecide && (
          <span className="trouble-act">
            <Button size="sm" icon="check" onClick={onDecide}>
              Decide
            </Button>
          </span>
        )}
      </Note>
    )
  }
  return (
    <Note icon="clock">
      <WaitingText
        waiting={waiting ?? { reason: state.reason, until: state.wake_at, approval: null, child_run: null }}
        paused={paused}
      />
    </Note>
  )
}
