import { useState } from "react"
import { LoadError } from "../../shell/LoadError"
import { EmptyState } from "../../shared/EmptyState"
import { count, duration, plural } from "../../shared/format"
import { SkeletonRows } from "../../shared/Skeleton"
import { useBatch, type RunBatch } from "./api"
import { CurveChart } from "./CurveChart"
import { CURVES, sinceStart } from "./curves"
import "./BatchesTab.css"

interface Props {
  runId: string
  /** The path of the step. */
  node: string
  /** Whether more may come. */
  active: boolean
}

/** How a step that works in batches fares: its counts, and how rate, latency, limit and size went. */
export default function BatchesTab({ runId, node, active }: Props) {
  const batch = useBatch(runId, node, active)
  if (batch.isError)
    return <LoadError what="the batches" error={batch.error} onRetry={() => void batch.refetch()} />
  if (batch.isPending)
    return (
      <div className="side-note">
        <SkeletonRows rows={5} height={48} />
      </div>
    )
  if (!batch.data)
    return (
      <EmptyState icon="table" title="No batch yet">
        {active ? "They appear here as soon as the step begins." : "The step did not get to its first batch."}
      </EmptyState>
    )
  return <Batch batch={batch.data} />
}

function Batch({ batch }: { batch: RunBatch }) {
  const [looked, setLooked] = useState<number | null>(null)
  const { samples } = batch
  const shown = looked !== null && looked < samples.length ? looked : null
  return (
    <div className="batches-tab scroll">
      <dl className="batch-facts">
        <Fact label="Records" value={count(batch.ok + batch.failed + batch.skipped)} />
        <Fact label="Done" value={count(batch.ok)} />
        <Fact label="Failed" value={count(batch.failed)} bad={batch.failed > 0} />
        {batch.skipped > 0 && <Fact label="Skipped" value={count(batch.skipped)} />}
        <Fact label="Batches" value={count(batch.chunks)} />
        {batch.retries > 0 && <Fact label="Tried again" value={count(batch.retries)} />}
      </dl>
      <p className="sm muted batch-words">{standing(batch)}</p>
      {samples.length > 1 ? (
        <>
          {CURVES.map((curve) => (
            <CurveChart key={curve.name} curve={curve} points={samples} looked={shown} onLook={setLooked} />
          ))}
          <div className="batch-axis xs subtle num">
            <span>0 s</span>
            <span>{shown === null ? "" : sinceStart(samples, shown)}</span>
            <span>{sinceStart(samples, samples.length - 1)}</span>
          </div>
        </>
      ) : (
        <p className="sm subtle batch-words">
          Curves are drawn of a point a second; {batch.ended_at ? "this step took less." : "they begin soon."}
        </p>
      )}
    </div>
  )
}

function Fact({ label, value, bad = false }: { label: string; value: string; bad?: boolean }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className={bad ? "num is-bad" : "num"}>{value}</dd>
    </div>
  )
}

/** "4 under way, 2 wait, by 2 workers" */
function standing(batch: RunBatch): string {
  if (batch.ended_at) {
    const took = duration(Date.parse(batch.ended_at) - Date.parse(batch.opened_at))
    return [`Took ${took}`, ...limits(batch), ...hands(batch)].join(", ")
  }
  if (batch.status === "left") return "Its worker is gone; another goes on with it in a moment."
  const parts = [`${plural(batch.working, "batch", "batches")} under way`]
  if (batch.pending)
    parts.push(batch.pending === 1 ? "1 waits for a worker" : `${count(batch.pending)} wait for a worker`)
  return [...parts, ...limits(batch), ...hands(batch)].join(", ")
}

const limits = ({ rate_per_s }: RunBatch): string[] =>
  rate_per_s === null ? [] : [`at most ${plural(rate_per_s, "batch", "batches")} a second`]

const hands = ({ workers, deaths }: RunBatch): string[] => [
  ...(workers ? [`by ${plural(workers, "worker")}`] : []),
  ...(deaths ? [`${plural(deaths, "time")} a worker died with one`] : []),
]
