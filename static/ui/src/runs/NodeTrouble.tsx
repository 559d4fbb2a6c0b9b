import type { NodeDocument, RunDetail } from "../api/types"
import { duration, until } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import type { NodeState } from "../shared/live/statusStore"
import { Note } from "../shared/Note"
import { StateMark } from "../shared/StateMark"
import { attemptsOf } from "./attempts"
import { Link } from "wouter"
import { CodeLine } from "./CodeLine"
import type { LiveRun } from "./LiveRun"
import { goesOn, skipCause, skipText } from "./runFacts"
import { useLive } from "./useLiveRun"

interface Props {
  run: RunDetail
  live: LiveRun
  node: NodeDocument
  /** Where the run tells of it. */
  path: string
  state: NodeState | undefined
  titleIn: (node: string) => string
}

/** What went wrong or holds the node up, on top of its data: error with the author's line, attempts, skip, wait. */
export function NodeTrouble({ run, live, node, path, state, titleIn }: Props) {
  useLive(live, (now) => now.historyVersion)
  const attempts = attemptsOf(live.history.events, path)
  const status = state?.status ?? "pending"
  const note = originNote(run, path, state) ?? troubleNote({ live, node, path, state, titleIn })
  if (!note && attempts.length < 2) return null
  return (
    <div className="trouble">
      {note}
      {attempts.length > 1 && (
        <ol className="attempts" aria-label="Attempts">
          {attempts.map((attempt) => (
            <li key={attempt.attempt}>
              <span className="muted">Attempt {attempt.attempt}</span>
              <StateMark status={attempt.status} />
              <span className="num muted">{attempt.took === null ? "" : duration(attempt.took)}</span>
              <span className="cut muted" title={attempt.error ?? undefined}>
                {status === "failed" && attempt === attempts.at(-1) ? "" : attempt.error}
              </span>
            </li>
          ))}
        </ol>
      )}
    </div>
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

function troubleNote({ live, node, path, state, titleIn }: Omit<Props, "run">) {
  if (!state) return null
  if (state.error && (state.status === "failed" || state.status === "retrying")) {
    const { message, line } = state.error
    return (
      <Note kind={state.status === "failed" ? "bad" : "warn"}>
        <b className="med">
          {state.status === "failed" ? "Failed. " : <NextTry at={state.wake_at} attempt={state.attempt} />}
        </b>
        {message}
        {typeof line === "number" && <CodeLine node={node} line={line} />}
      </Note>
    )
  }
  if (state.status === "skipped") {
    const cause = skipCause(live.history.events, path)
    return <Note>{skipText(state.reason, cause === null ? null : titleIn(cause))}</Note>
  }
  if (state.status === "waiting") return <Waiting state={state} />
  return null
}

function NextTry({ at, attempt }: { at: string | null; attempt: number }) {
  const now = useNow(250)
  return <>{`Attempt ${attempt + 1} ${at ? until(at, now) : "soon"}. `}</>
}

function Waiting({ state }: { state: NodeState }) {
  const now = useNow(250)
  if (state.reason === "outcome_unknown") {
    return (
      <Note kind="warn">
        The worker died while this node was at work, and it must not run twice. Nobody knows whether it took
        effect. Cancel the run when you have checked.
      </Note>
    )
  }
  return <Note icon="clock">{state.wake_at ? `Waits, ${goesOn(state.wake_at, now)}.` : "Waits."}</Note>
}
