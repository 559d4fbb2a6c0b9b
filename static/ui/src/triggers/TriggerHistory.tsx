import { Link } from "wouter"
import { LoadError } from "../shell/LoadError"
import { EmptyState } from "../shared/EmptyState"
import { bytes, moment, plural } from "../shared/format"
import { ListFoot } from "../shared/ListFoot"
import { Prose } from "../shared/Prose"
import { SkeletonRows } from "../shared/Skeleton"
import { StateMark } from "../shared/StateMark"
import { useHistory, type HistoryItem } from "./api"
import type { Delivery, Fire, Trigger } from "./types"

/** What became of each firing, or of each call, and why. */
export function TriggerHistory({ trigger }: { trigger: Trigger }) {
  const part = trigger.kind === "webhook" ? "deliveries" : "fires"
  const history = useHistory(trigger.id, part)
  const items = history.data?.pages.flatMap((page) => page.results) ?? []
  if (history.isPending) return <SkeletonRows rows={5} height={40} />
  if (history.isError && items.length === 0)
    return <LoadError what="the history" error={history.error} onRetry={() => void history.refetch()} />
  if (items.length === 0) {
    return (
      <EmptyState icon="history" title={part === "fires" ? "It has not fired yet" : "No call yet"}>
        {trigger.enabled
          ? "Each time is listed here, with the run that it started or the reason why not."
          : "It is off. Switch it on to let it start runs."}
      </EmptyState>
    )
  }
  return (
    <>
      <ol className="history">
        {items.map((item) => (
          <HistoryRow key={item.id} item={item} />
        ))}
      </ol>
      <ListFoot
        more={history.hasNextPage}
        loading={history.isFetchingNextPage}
        onMore={() => void history.fetchNextPage()}
      >
        {part === "fires" ? plural(items.length, "firing") : plural(items.length, "call")}
      </ListFoot>
    </>
  )
}

function HistoryRow({ item }: { item: HistoryItem }) {
  const words = item.message || item.reason
  return (
    <li>
      <span className="history-line">
        <StateMark status={MARKS[item.outcome]} label={LABELS[item.outcome]} />
        <span className="subtle">{"method" in item ? callWords(item) : fireWords(item)}</span>
        <span className="end num subtle">
          {moment("method" in item ? item.at : (item.at ?? item.fire_at))}
        </span>
        {item.run && (
          <Link className="linkish" href={`/runs/${item.run.id}`}>
            Run {item.run.number}
          </Link>
        )}
      </span>
      {words && (
        <span className="muted">
          <Prose text={words} />
        </span>
      )}
    </li>
  )
}

const MARKS = { started: "succeeded", accepted: "succeeded", skipped: "skipped", refused: "failed" } as const
const LABELS = { started: "Started", accepted: "Accepted", skipped: "Left out", refused: "Refused" } as const

function callWords({ method, status, bytes: size, replays }: Delivery): string {
  const parts = [
    `${method} ${status}`,
    size !== null && bytes(size),
    replays > 0 && `came ${replays + 1} times`,
  ]
  return parts.filter(Boolean).join(" · ")
}

function fireWords({ cause, missed, source_run: source, fire_at: at }: Fire): string {
  const why = {
    schedule: `for ${moment(at)}`,
    person: "by hand",
    run: source ? `after run ${source.number}` : "after a run",
  }[cause]
  return missed > 0 ? `${why}, and ${plural(missed, "earlier time")}` : why
}
