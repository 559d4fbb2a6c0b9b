import { useInfiniteQuery } from "@tanstack/react-query"
import { useState } from "react"
import { LoadError } from "../shell/LoadError"
import { Button } from "../shared/Button"
import { EmptyState } from "../shared/EmptyState"
import { count, duration } from "../shared/format"
import type { Iterations } from "../shared/live/statusStore"
import { Segmented } from "../shared/Segmented"
import { SkeletonRows } from "../shared/Skeleton"
import { StateMark } from "../shared/StateMark"
import { readIterations } from "./api"
import "./IterationsTab.css"

interface Props {
  runId: string
  /** The path of the loop or map. */
  container: string
  iterations: Iterations | null
  /** Whether more may come. */
  active: boolean
  shown: number | null
  onShow: (iteration: number) => void
}

const FILTERS = [
  { value: "all", label: "All" },
  { value: "failed", label: "Failed" },
] as const

/** The rounds of a loop or the items of a map: how each ended, how long it took; a click shows it on the canvas. */
export function IterationsTab({ runId, container, iterations, active, shown, onShow }: Props) {
  const [filter, setFilter] = useState<"all" | "failed">("all")
  const failedOnly = filter === "failed"
  const pages = useInfiniteQuery({
    queryKey: ["run", runId, "iterations", container, failedOnly],
    queryFn: ({ pageParam, signal }) =>
      readIterations(runId, container, { failedOnly, after: pageParam }, signal),
    initialPageParam: 0,
    getNextPageParam: (page) => (page.next ? page.results.at(-1)?.iteration : undefined),
    refetchInterval: active ? 1_500 : false,
  })
  if (pages.isError)
    return <LoadError what="the iterations" error={pages.error} onRetry={() => void pages.refetch()} />
  const rows = pages.data?.pages.flatMap((page) => page.results) ?? []
  return (
    <div className="iterations-tab">
      <div className="toolbar">
        <span className="sm muted num">{iterations ? summary(iterations) : ""}</span>
        <span className="end">
          <Segmented label="Iterations" options={FILTERS} value={filter} onChange={setFilter} small />
        </span>
      </div>
      {pages.isPending ? (
        <div className="side-note">
          <SkeletonRows rows={5} height={28} />
        </div>
      ) : rows.length === 0 ? (
        <EmptyState icon="retry" title={failedOnly ? "None failed" : "No iteration yet"}>
          {failedOnly ? "Every iteration that ended did so well." : "They appear here as they start."}
        </EmptyState>
      ) : (
        <ol className="scroll iteration-rows" aria-label="Iterations">
          {rows.map((row) => (
            <li key={row.iteration}>
              <button
                type="button"
                className={row.iteration === shown ? "is-on" : undefined}
                aria-current={row.iteration === shown || undefined}
                onClick={() => onShow(row.iteration)}
              >
                <span className="num">{count(row.iteration)}</span>
                <StateMark status={row.status} />
                <span className="num muted">{row.duration_ms === null ? "" : duration(row.duration_ms)}</span>
                <span className="cut muted" title={row.error?.message}>
                  {row.error?.message}
                </span>
              </button>
            </li>
          ))}
          {pages.hasNextPage && (
            <li className="iteration-more">
              <Button size="sm" busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                Show more
              </Button>
            </li>
          )}
        </ol>
      )}
    </div>
  )
}

/** "12 of 40 done, 2 failed, 3 running" */
function summary({ total, done, failed, running }: Iterations): string {
  const ended = done + failed
  const parts = [total === null ? `${count(ended)} ended` : `${count(ended)} of ${count(total)} ended`]
  if (failed) parts.push(`${count(failed)} failed`)
  if (running.length) parts.push(`${count(running.length)} running`)
  return parts.join(", ")
}
