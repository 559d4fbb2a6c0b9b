import { LoadError } from "../shell/LoadError"
import { EmptyState } from "../shared/EmptyState"
import { plural } from "../shared/format"
import { ListFoot } from "../shared/ListFoot"
import { SkeletonRows } from "../shared/Skeleton"
import { useSendings, type SendingFilters } from "./api"
import { SendingTable } from "./SendingTable"
import "./notices.css"

/** The notices that were sent, of one workflow or of all. */
export function SendingList(filters: SendingFilters) {
  const list = useSendings(filters)
  const sendings = list.data?.pages.flatMap((page) => page.results) ?? []
  if (list.isPending) return <SkeletonRows rows={4} />
  if (list.isError && sendings.length === 0)
    return <LoadError what="the notices" error={list.error} onRetry={() => void list.refetch()} />
  if (sendings.length === 0) {
    return (
      <EmptyState icon="bell" title={filters.status ? "No notice is in this state" : "Nothing was sent yet"}>
        {!filters.status && "Each notice is listed here with its tries, and can be sent again."}
      </EmptyState>
    )
  }
  return (
    <>
      <div className={list.isPlaceholderData ? "card list-card is-old" : "card list-card"}>
        <SendingTable sendings={sendings} />
      </div>
      <ListFoot
        more={list.hasNextPage}
        loading={list.isFetchingNextPage}
        onMore={() => void list.fetchNextPage()}
      >
        {plural(sendings.length, "notice")}
      </ListFoot>
    </>
  )
}
