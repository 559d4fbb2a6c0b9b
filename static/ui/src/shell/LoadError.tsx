import { lazy, Suspense } from "react"
import { denialOf } from "../api/denial"
import { ApiProblem } from "../api/problem"
import { Button } from "../shared/Button"
import { EmptyState } from "../shared/EmptyState"

const AskButton = lazy(() => import("../access/AskButton"))

interface Props {
  /** What could not be read: "the runs". */
  what: string
  error: unknown
  onRetry: () => void
}

/** In the place of what could not be loaded: what happened, what to do, with an id to pass on. */
export function LoadError({ what, error, onRetry }: Props) {
  const problem = error instanceof ApiProblem ? error : null
  const denied = problem?.status === 403
  const denial = denialOf(error)
  return (
    <div role="alert">
      <EmptyState
        icon={denied ? "lock" : "warn"}
        title={denied ? `You can’t see ${what}` : `Can’t read ${what}`}
        action={
          denied ? (
            denial?.can_request && (
              <Suspense>
                <AskButton denial={denial} />
              </Suspense>
            )
          ) : (
            <Button onClick={onRetry}>Try again</Button>
          )
        }
      >
        {error instanceof Error ? error.message : "The server gave no reason."}
        {problem && problem.status >= 500 && problem.body.instance && (
          <>
            {" "}
            <code>{problem.body.instance}</code>
          </>
        )}
      </EmptyState>
    </div>
  )
}
