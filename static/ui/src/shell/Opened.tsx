import type { UseQueryResult } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { ApiProblem } from "../api/problem"
import { Button } from "../shared/Button"
import { EmptyState } from "../shared/EmptyState"
import { SkeletonRows } from "../shared/Skeleton"
import { LoadError } from "./LoadError"

interface Props<T> {
  /** What was opened: “trigger”. */
  what: string
  /** Why it may be gone. */
  gone?: string
  query: UseQueryResult<T>
  onClose: () => void
  children: (found: T) => ReactNode
}

/** One thing beside its list: also while it is read, when that fails, and when it is there no more. */
export function Opened<T>({ what, gone = "It may have been deleted.", query, onClose, children }: Props<T>) {
  const { data, error, isPending } = query
  if (data !== undefined) return children(data)
  if (isPending) {
    return (
      <div className="pad">
        <SkeletonRows />
      </div>
    )
  }
  if (!(error instanceof ApiProblem) || error.status !== 404)
    return <LoadError what={`this ${what}`} error={error} onRetry={() => void query.refetch()} />
  return (
    <EmptyState
      icon="search"
      title={`There is no such ${what}`}
      action={<Button onClick={onClose}>Close</Button>}
    >
      {gone}
    </EmptyState>
  )
}
