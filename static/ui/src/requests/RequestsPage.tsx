import { useLocation, useSearch } from "wouter"
import { useCan } from "../api/me"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { Topbar } from "../shell/Topbar"
import { EmptyState } from "../shared/EmptyState"
import { plural } from "../shared/format"
import { ListDetail } from "../shared/ListDetail"
import { ListFoot } from "../shared/ListFoot"
import { Segmented } from "../shared/Segmented"
import { SkeletonRows } from "../shared/Skeleton"
import { useRequests, type Filter } from "./api"
import { RequestPane } from "./RequestPane"
import { RequestTable } from "./RequestTable"
import "./RequestsPage.css"

const FILTERS: readonly { value: Filter; label: string }[] = [
  { value: "open", label: "To decide" },
  { value: "mine", label: "Mine" },
  { value: "all", label: "All" },
]

interface Place {
  filter: Filter
  request: string | null
}

function pathOf({ filter, request }: Place, first: Filter): string {
  const parameters = new URLSearchParams()
  if (filter !== first) parameters.set("filter", filter)
  if (request) parameters.set("request", request)
  const text = parameters.toString()
  return text ? `/requests?${text}` : "/requests"
}

/** Who asked for access to what: for those who decide all of it, for others their own. */
export default function RequestsPage() {
  const decides = useCan("access.decide")
  const first = decides ? "open" : "mine"
  const found = new URLSearchParams(useSearch())
  const wanted = FILTERS.find(({ value }) => value === found.get("filter"))?.value
  const place: Place = { filter: (decides && wanted) || first, request: found.get("request") }
  const [, navigate] = useLocation()
  const go = (change: Partial<Place>) => navigate(pathOf({ ...place, ...change }, first), { replace: true })
  const list = useRequests(place.filter)
  const requests = list.data?.pages.flatMap((page) => page.results) ?? []
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Requests" }]} />
      </Topbar>
      <ListDetail
        detail={
          place.request && (
            <RequestPane key={place.request} id={place.request} onClose={() => go({ request: null })} />
          )
        }
      >
        {decides && (
          <div className="list-head">
            <Segmented
              label="Which requests"
              options={FILTERS}
              value={place.filter}
              onChange={(filter) => go({ filter })}
            />
          </div>
        )}
        {list.isPending && <SkeletonRows />}
        {list.isError && requests.length === 0 && (
          <LoadError what="the requests" error={list.error} onRetry={() => void list.refetch()} />
        )}
        {list.isSuccess && requests.length === 0 && <None filter={place.filter} />}
        {requests.length > 0 && (
          <>
            <div className={list.isPlaceholderData ? "card list-card is-old" : "card list-card"}>
              <RequestTable
                requests={requests}
                selected={place.request}
                hrefOf={(request) => pathOf({ ...place, request }, first)}
              />
            </div>
            <ListFoot
              more={list.hasNextPage}
              loading={list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage()}
            >
              {plural(requests.length, "request")}
            </ListFoot>
          </>
        )}
      </ListDetail>
    </>
  )
}

function None({ filter }: { filter: Filter }) {
  if (filter === "mine") {
    return (
      <EmptyState icon="lock" title="You asked for nothing yet">
        Where something is not open to you, “Ask for access” stands beside the reason. What you asked for is
        listed here with its answer.
      </EmptyState>
    )
  }
  return (
    <EmptyState icon="lock" title={filter === "open" ? "Nothing to decide" : "Nobody asked for access yet"}>
      When somebody asks for access it is listed here, with what for and why.
    </EmptyState>
  )
}
