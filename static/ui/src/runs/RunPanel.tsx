import type { RunDetail } from "../api/types"
import { moment } from "../shared/format"
import { StateMark } from "../shared/StateMark"
import { Note } from "../shared/Note"
import type { LiveRun } from "./LiveRun"
import { cellText, type Json } from "../shared/data/tableModel"
import { isTerminal } from "../shared/status"
import type { Standing } from "./standing"
import { useLive } from "./useLiveRun"
import { WaitingText } from "./WaitingText"

interface Props {
  run: RunDetail
  live: LiveRun
  titleIn: (path: string) => string
  standing: Standing
  /** Shows the node at a path. */
  onSelect: (path: string) => void
}

/** The run itself, when no node is chosen: why it failed, what it was given, when it ran. */
export function RunPanel({ run, live, titleIn, standing, onSelect }: Props) {
  const state = useLive(live, (now) => now.run)
  const mayRead = useLive(live, (now) => now.mayReadData)
  const error = state.error ?? run.error
  const culprit = innerOf(error) ?? error?.node ?? null
  const settings = Object.entries(run.settings)
  const parameters = Object.entries(run.parameters)
  return (
    <div className="run-panel scroll">
      <header className="node-head">
        <div className="col grow">
          <h2>Run {run.number}</h2>
          <span className="xs subtle">Choose a node to see its data.</span>
        </div>
        <StateMark status={state.status} pill />
      </header>
      {state.status === "failed" && error && (
        <Note kind="bad">
          {culprit && (
            <>
              <button type="button" className="linkish" onClick={() => onSelect(culprit ?? "")}>
                {titleIn(culprit)}
              </button>
              {": "}
            </>
          )}
          {error.message}
        </Note>
      )}
      {!isTerminal(state.status) && standing.waiting.length > 0 && (
        <>
          <h3 className="h3">Waiting</h3>
          <ul className="run-waiting">
            {standing.waiting.map((step) => (
              <li key={step.node}>
                <button type="button" className="linkish" onClick={() => onSelect(step.node)}>
                  {titleIn(step.node)}
                </button>{" "}
                <WaitingText waiting={step} paused={state.status === "paused"} />
              </li>
            ))}
          </ul>
        </>
      )}
      <h3 className="h3">Parameters</h3>
      {!mayRead ? (
        <p className="sm muted">What this run was given is shown to those who may see the data of runs.</p>
      ) : parameters.length === 0 ? (
        <p className="sm muted">This run was given none.</p>
      ) : (
        <dl className="kv">
          {parameters.map(([name, value]) => (
            <div key={name}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd>
                <code>{typeof value === "object" ? JSON.stringify(value) : cellText(value as Json)}</code>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {settings.length > 0 && (
        <>
          <h3 className="h3">Settings of this run</h3>
          <dl className="kv">
            {settings.map(([name, value]) => (
              <div key={name}>
                <dt>
                  <code>{name}</code>
                </dt>
                <dd>
                  <code>{cellText(value as Json)}</code>
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
      <h3 className="h3">Times</h3>
      <dl className="kv">
        <Time label="Asked for" at={run.created_at} />
        <Time label="Started" at={state.started_at} />
        <Time label="Ended" at={state.finished_at} />
      </dl>
    </div>
  )
}

/** The path of the step inside a loop, a map or a sub-workflow that failed. */
function innerOf(error: object | null | undefined): string | null {
  return error && "inner" in error && typeof error.inner === "string" ? error.inner : null
}

function Time({ label, at }: { label: string; at: string | null | undefined }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="num">{at ? <time dateTime={at}>{moment(at)}</time> : "not yet"}</dd>
    </div>
  )
}
