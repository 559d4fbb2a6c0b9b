import type { ReactNode } from "react"
import { Link } from "wouter"
import type { RunDetail } from "../api/types"
import { count, moment, plural } from "../shared/format"
import { Fact } from "./Fact"
import { attemptCounts, partText, triggerLook } from "./runFacts"
import { titleOf } from "../shared/mapping"
import type { LiveRun } from "./LiveRun"
import { useBatchedVersion } from "./useBatchedVersion"
import { cellText, type Json } from "../shared/data/tableModel"

interface Props {
  run: RunDetail
  live: LiveRun
  /** Shows the run itself, with all its parameters, at the side. */
  onShowRun: () => void
  /** Why the run does not get on. */
  standing: ReactNode
}

/** The strip under the title: what ran, who asked, with what. */
export function RunFacts({ run, live, onShowRun, standing }: Props) {
  useBatchedVersion(live.statuses)
  const parameters = Object.entries(run.parameters)
  const named = run.graph.nodes.find((node) => node.id === run.node)
  const top = run.graph.nodes.filter((node) => !node.parent)
  const { attempts, nodes } = attemptCounts(
    top.map((node) => node.id),
    live.statuses.get,
  )
  const by = run.requested_by?.name || run.requested_by?.email
  const { trigger_ref: trigger, parent } = run
  return (
    <dl className="facts">
      <Fact label="Version">{run.version === null ? "Draft" : `v${run.version}`}</Fact>
      <Fact label="Trigger">
        {triggerLook(run.trigger).label}{" "}
        {trigger ? (
          <Link className="subtle" href={`/triggers?trigger=${trigger.id}`}>
            {trigger.name}
          </Link>
        ) : (
          by && <span className="subtle">{by}</span>
        )}
      </Fact>
      {parent && (
        <Fact label="Started by">
          <Link href={`/runs/${parent.id}`}>Run {parent.number}</Link>
        </Fact>
      )}
      <Fact label="Asked for">
        <time dateTime={run.created_at}>{moment(run.created_at)}</time>
      </Fact>
      {run.mode !== "full" && (
        <Fact label="Part">
          {partText(run.mode, named ? titleOf(named) : run.node)}{" "}
          {run.source_run && (
            <Link className="subtle" href={`/runs/${run.source_run.id}`}>
              after run {run.source_run.number}
            </Link>
          )}
        </Fact>
      )}
      <Fact label="Attempts">
        <span className="num">{count(attempts)}</span>{" "}
        <span className="subtle num">
          on {count(nodes)} of {plural(top.length, "node")}
        </span>
      </Fact>
      {parameters.length > 0 && (
        <Fact label="Parameters">
          <button type="button" className="fact-button" onClick={onShowRun} title="Show all parameters">
            {parameters.slice(0, 2).map(([name, value]) => (
              <code key={name} className="cut">
                {name} = {cellText(value as Json)}
              </code>
            ))}
            {parameters.length > 2 && <span className="subtle">+{parameters.length - 2}</span>}
          </button>
        </Fact>
      )}
      {standing}
    </dl>
  )
}
