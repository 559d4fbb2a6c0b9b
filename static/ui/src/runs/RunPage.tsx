import { ApiProblem } from "../api/problem"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { NotFound } from "../shell/NotFoundPage"
import { Topbar } from "../shell/Topbar"
import { SkeletonRows } from "../shared/Skeleton"
import { ViewAsScope } from "../viewas/ViewAsScope"
import { useRun } from "./api"
import { RunScreen } from "./RunScreen"

export default function RunPage({ id }: { id: string }) {
  return (
    <ViewAsScope about={{ run: id }}>
      <Opened id={id} />
    </ViewAsScope>
  )
}

function Opened({ id }: { id: string }) {
  const run = useRun(id)
  const refusal = run.error instanceof ApiProblem ? run.error.status : null
  if (refusal === 404) return <NotFound what="run" />
  if (run.data && refusal !== 403) return <RunScreen run={run.data} />
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Runs", href: "/runs" }, { label: "Run" }]} />
      </Topbar>
      <div className="page">
        <div className="pad">
          {run.isError ? (
            <LoadError what="this run" error={run.error} onRetry={() => void run.refetch()} />
          ) : (
            <SkeletonRows />
          )}
        </div>
      </div>
    </>
  )
}
