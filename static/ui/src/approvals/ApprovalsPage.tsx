import { useLocation, useSearch } from "wouter"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { Topbar } from "../shell/Topbar"
import { Button } from "../shared/Button"
import { EmptyState } from "../shared/EmptyState"
import { plural } from "../shared/format"
import { ListDetail } from "../shared/ListDetail"
import { ListFoot } from "../shared/ListFoot"
import { Segmented } from "../shared/Segmented"
import { SkeletonRows } from "../shared/Skeleton"
import { useApprovals, type Filter } from "./api"
import { ApprovalDetailPane } from "./ApprovalDetailPane"
import { ApprovalTable } from "./ApprovalTable"
import "./ApprovalsPage.css"

interface Place {
  filter: Filter
  run: string | null
  approval: string | null
}

const FILTERS: readonly { value: Filter; label: string }[] = [
  { value: "mine", label: "For me" },
  { value: "pending", label: "All waiting" },
  { value: "all", label: "All" },
]

function readPlace(search: string): Place {
  const found = new URLSearchParams(search)
  const filter = FILTERS.find(({ value }) => value === found.get("filter"))?.value ?? "mine"
  return { filter, run: found.get("run"), approval: found.get("approval") }
}

function pathOf({ filter, run, approval }: Place): string {
  const parameters = new URLSearchParams()
  if (filter !== "mine") parameters.set("filter", filter)
  if (run) parameters.set("run", run)
  if (approval) parameters.set("approval", approval)
  const text = parameters.toString()
  return text ? `/approvals?${text}` : "/approvals"
}

/** The inbox: what runs wait for people to decide. */
export default function ApprovalsPage() {
  const place = readPlace(useSearch())
  const [, navigate] = useLocation()
  const go = (change: Partial<Place>) => navigate(pathOf({ ...place, ...change }), { replace: true })
  const list = useApprovals(place.filter, place.run)
  const approvals = list.data?.pages.flatMap((page) => page.results) ?? []
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Approvals" }]} />
      </Topbar>
      <ListDetail
        detail={
          place.approval && (
            <ApprovalDetailPane
              key={place.approval}
              id={place.approval}
              onClose={() => go({ approval: null })}
            />
          )
        }
      >
        <div className="list-head">
          <Segmented
            label="Which approvals"
            options={FILTERS}
            value={place.filter}
            onChange={(filter) => go({ filter })}
          />
          {place.run && (
            <Button size="sm" icon="x" onClick={() => go({ run: null })}>
              Of one run
            </Button>
          )}
        </div>
        {list.isPending && <SkeletonRows />}
        {list.isError && approvals.length === 0 && (
          <LoadError what="the approvals" error={list.error} onRetry={() => void list.refetch()} />
        )}
        {list.isSuccess && approvals.length === 0 && (
          <None filter={place.filter} onAll={() => go({ filter: "pending" })} />
        )}
        {approvals.length > 0 && (
          <>
            <div className={list.isPlaceholderData ? "card list-card is-old" : "card list-card"}>
              <ApprovalTable
                approvals={approvals}
                selected={place.approval}
                hrefOf={(approval) => pathOf({ ...place, approval })}
              />
            </div>
            <ListFoot
              more={list.hasNextPage}
              loading={list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage()}
            >
              {plural(approvals.length, "approval")}
            </ListFoot>
          </>
        )}
      </ListDetail>
    </>
  )
}

function None({ filter, onAll }: { filter: Filter; onAll: () => void }) {
  if (filter === "mine") {
    return (
      <EmptyState
        icon="usercheck"
        title="Nothing waits for you"
        action={<Button onClick={onAll}>All that waits</Button>}
      >
        When a run needs your approval it is listed here, with what it wants to go on with.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon="usercheck"
      title={filter === "pending" ? "No run waits for an approval" : "No run asked for an approval yet"}
    />
  )
}
