import { ApiProblem } from "../api/problem"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { NotFound } from "../shell/NotFoundPage"
import { Topbar } from "../shell/Topbar"
import { SkeletonRows } from "../shared/Skeleton"
import { useRun } from "./api"
import { RunScreen } from "./RunScreen"

export default function RunPage({ id }: { id: string }) {
  const run = useRun(id)
  if (run.data) return <RunScreen run={run.data} />
  if (run.error instanceof ApiProblem && run.error.status === 404) return <NotFound what="run" />
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
