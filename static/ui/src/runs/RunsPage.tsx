import { useMemo } from "react"
import { useLocation, useSearch } from "wouter"
import { useMe } from "../api/me"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { Topbar } from "../shell/Topbar"
import { Button } from "../shared/Button"
import { EmptyState } from "../shared/EmptyState"
import { plural } from "../shared/format"
import { ListFoot } from "../shared/ListFoot"
import { SkeletonRows } from "../shared/Skeleton"
import { BulkBar } from "./BulkBar"
import { filtersToSearch, hasFilters, NO_FILTERS, parseFilters, type RunFilters } from "./filters"
import { RunFilterBar } from "./RunFilterBar"
import { RunTable } from "./RunTable"
import { useLiveRuns } from "./useLiveRuns"
import { useRunSelection } from "./useRunSelection"
import "./RunsPage.css"

export default function RunsPage() {
  const search = useSearch()
  const [, navigate] = useLocation()
  const filters = useMemo(() => parseFilters(search), [search])
  const setFilters = (next: RunFilters) => navigate(`/runs${filtersToSearch(next)}`, { replace: true })
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Runs" }]} />
      </Topbar>
      <div className="page">
        <div className="pad">
          <RunFilterBar filters={filters} onChange={setFilters} />
          <RunList filters={filters} onClear={() => setFilters(NO_FILTERS)} />
        </div>
      </div>
    </>
  )
}

function RunList({ filters, onClear }: { filters: RunFilters; onClear: () => void }) {
  const runs = useLiveRuns(filters)
  const selection = useRunSelection(filters, runs.rows)
  const permissions = useMe()?.permissions ?? []
  const mayAct = ["workflow.run", "run.pause", "run.cancel"].some((action) => permissions.includes(action))
  const [, navigate] = useLocation()
  if (runs.isPending) return <SkeletonRows rows={10} />
  if (runs.error && runs.rows.length === 0)
    return <LoadError what="the runs" error={runs.error} onRetry={runs.retry} />
  if (runs.rows.length === 0) {
    return hasFilters(filters) ? (
      <EmptyState
        icon="filter"
        title="No run fits these filters"
        action={<Button onClick={onClear}>Clear filters</Button>}
      />
    ) : (
      <EmptyState
        icon="runs"
        title="No runs yet"
        action={
          <Button variant="primary" onClick={() => navigate("/workflows")}>
            All workflows
          </Button>
        }
      >
        Each run of a workflow is listed here, with what it read, wrote and logged.
      </EmptyState>
    )
  }
  return (
    <>
      <RunTable
        rows={runs.rows}
        newCount={runs.newCount}
        onShowNew={runs.showNew}
        selection={mayAct ? selection : null}
      />
      <ListFoot more={runs.next !== null} loading={runs.loadingOlder} onMore={() => void runs.showOlder()}>
        {runs.next ? `The newest ${plural(runs.rows.length, "run")}` : plural(runs.rows.length, "run")}
      </ListFoot>
      {mayAct && (
        <BulkBar
          selection={selection}
          shown={runs.rows.length}
          more={runs.next !== null}
          onDone={runs.retry}
        />
      )}
    </>
  )
}
