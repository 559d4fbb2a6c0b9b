import { useLocation, useSearch } from "wouter"
import { useCan } from "../api/me"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { Topbar } from "../shell/Topbar"
import { Button } from "../shared/Button"
import { EmptyState } from "../shared/EmptyState"
import { FilterChip } from "../shared/FilterChip"
import { plural } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { ListDetail } from "../shared/ListDetail"
import { ListFoot } from "../shared/ListFoot"
import { SearchInput } from "../shared/SearchInput"
import { SkeletonRows } from "../shared/Skeleton"
import { exportUrl, useEntries } from "./api"
import { ChainBadge } from "./ChainBadge"
import { EntryPane } from "./EntryPane"
import { EntryTable } from "./EntryTable"
import {
  ACTIONS,
  auditPath,
  DECISIONS,
  isFiltered,
  PERIODS,
  readPlace,
  sinceOf,
  type AuditPlace,
} from "./filters"
import "./AuditPage.css"

/** What people and the product did, newest first, under seals that show any change. */
export default function AuditPage() {
  const place = readPlace(useSearch())
  const [, navigate] = useLocation()
  const go = (change: Partial<AuditPlace>) => navigate(auditPath({ ...place, ...change }), { replace: true })
  const mayExport = useCan("audit.export")
  const list = useEntries(place)
  const entries = list.data?.pages.flatMap((page) => page.results) ?? []
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Audit" }]} />
      </Topbar>
      <ListDetail
        narrow
        detail={
          place.entry !== null && (
            <EntryPane key={place.entry} id={place.entry} onClose={() => go({ entry: null })} />
          )
        }
      >
        <ChainBadge onOpen={(entry) => go({ entry })} />
        <div className="list-head audit-head">
          <SearchInput
            label="Person, object, address"
            width={200}
            value={place.search}
            onChange={(search) => go({ search })}
          />
          <FilterChip
            label="Action"
            options={ACTIONS}
            value={place.action}
            onChange={(action) => go({ action })}
          />
          <FilterChip
            label="Decision"
            options={DECISIONS}
            value={place.decision}
            onChange={(decision) => go({ decision })}
          />
          <FilterChip label="When" options={PERIODS} value={place.when} onChange={(when) => go({ when })} />
          {mayExport && (
            <span className="row">
              <a className="btn" href={exportUrl(sinceOf(place.when, new Date()))} download>
                <Icon name="download" />
                Export
              </a>
            </span>
          )}
        </div>
        {list.isPending && <SkeletonRows />}
        {list.isError && entries.length === 0 && (
          <LoadError what="the audit" error={list.error} onRetry={() => void list.refetch()} />
        )}
        {list.isSuccess && entries.length === 0 && (
          <EmptyState
            icon="search"
            title={isFiltered(place) ? "No entry matches" : "No entry yet"}
            action={isFiltered(place) && <Button onClick={() => navigate("/audit")}>Clear filters</Button>}
          />
        )}
        {entries.length > 0 && (
          <>
            <div className={list.isPlaceholderData ? "card list-card is-old" : "card list-card"}>
              <EntryTable
                entries={entries}
                selected={place.entry}
                hrefOf={(entry) => auditPath({ ...place, entry })}
              />
            </div>
            <ListFoot
              more={list.hasNextPage}
              loading={list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage()}
            >
              {plural(entries.length, "entry", "entries")}
            </ListFoot>
          </>
        )}
      </ListDetail>
    </>
  )
}
