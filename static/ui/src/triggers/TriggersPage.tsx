import { useQuery } from "@tanstack/react-query"
import { useLocation, useSearch } from "wouter"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { Opened } from "../shell/Opened"
import { Topbar } from "../shell/Topbar"
import { Button } from "../shared/Button"
import { EmptyState } from "../shared/EmptyState"
import { FilterChip } from "../shared/FilterChip"
import { plural } from "../shared/format"
import { DetailPane, ListDetail } from "../shared/ListDetail"
import { ListFoot } from "../shared/ListFoot"
import { SearchInput } from "../shared/SearchInput"
import { SkeletonRows } from "../shared/Skeleton"
import { useTrigger, useTriggers } from "./api"
import { readParameters } from "./parameters"
import { TriggerDetail } from "./TriggerDetail"
import { TriggerTable } from "./TriggerTable"
import type { Trigger, TriggerKind } from "./types"
import { KINDS } from "./words"

interface Place {
  search: string
  kind: TriggerKind | null
  trigger: string | null
}

function readPlace(search: string): Place {
  const found = new URLSearchParams(search)
  const kind = found.get("kind")
  return {
    search: found.get("search") ?? "",
    kind: kind !== null && kind in KINDS ? (kind as TriggerKind) : null,
    trigger: found.get("trigger"),
  }
}

function pathOf(place: Place): string {
  const set = Object.entries(place).filter(([, value]) => value)
  const text = new URLSearchParams(set as [string, string][]).toString()
  return text ? `/triggers?${text}` : "/triggers"
}

const KIND_OPTIONS = (Object.keys(KINDS) as TriggerKind[]).map((value) => ({
  value,
  label: KINDS[value].label,
}))

/** All that starts runs in the workspace. They are made in the editor, beside the workflow that they start. */
export default function TriggersPage() {
  const place = readPlace(useSearch())
  const [, navigate] = useLocation()
  const go = (change: Partial<Place>) => navigate(pathOf({ ...place, ...change }), { replace: true })
  const list = useTriggers(place)
  const triggers = list.data?.pages.flatMap((page) => page.results) ?? []
  const isFiltered = place.search !== "" || place.kind !== null
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Triggers" }]} />
      </Topbar>
      <ListDetail
        detail={
          place.trigger && (
            <Pane key={place.trigger} id={place.trigger} onClose={() => go({ trigger: null })} />
          )
        }
      >
        <div className="list-head">
          <SearchInput label="Name or workflow" value={place.search} onChange={(search) => go({ search })} />
          <FilterChip
            label="Kind"
            icon="filter"
            options={KIND_OPTIONS}
            value={place.kind}
            onChange={(kind) => go({ kind })}
          />
        </div>
        {list.isPending && <SkeletonRows />}
        {list.isError && triggers.length === 0 && (
          <LoadError what="the triggers" error={list.error} onRetry={() => void list.refetch()} />
        )}
        {list.isSuccess && triggers.length === 0 && (
          <None isFiltered={isFiltered} onClear={() => go({ search: "", kind: null })} />
        )}
        {triggers.length > 0 && (
          <>
            <div className={list.isPlaceholderData ? "card list-card is-old" : "card list-card"}>
              <TriggerTable
                triggers={triggers}
                selected={place.trigger}
                hrefOf={(trigger) => pathOf({ ...place, trigger })}
              />
            </div>
            <ListFoot
              more={list.hasNextPage}
              loading={list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage()}
            >
              {plural(triggers.length, "trigger")}
            </ListFoot>
          </>
        )}
      </ListDetail>
    </>
  )
}

function None({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const [, navigate] = useLocation()
  if (isFiltered) {
    return (
      <EmptyState
        icon="filter"
        title="No trigger fits these filters"
        action={<Button onClick={onClear}>Clear filters</Button>}
      />
    )
  }
  return (
    <EmptyState
      icon="bolt"
      title="No triggers yet"
      action={
        <Button variant="primary" onClick={() => navigate("/workflows")}>
          All workflows
        </Button>
      }
    >
      Open a workflow and add a schedule, a webhook, or another workflow that it follows.
    </EmptyState>
  )
}

function Pane({ id, onClose }: { id: string; onClose: () => void }) {
  const trigger = useTrigger(id)
  return (
    <DetailPane label="Trigger">
      <Opened what="trigger" query={trigger} onClose={onClose}>
        {(found) => <Loaded trigger={found} onClose={onClose} />}
      </Opened>
    </DetailPane>
  )
}

function Loaded({ trigger, onClose }: { trigger: Trigger; onClose: () => void }) {
  const { id } = trigger.workflow
  const found = useQuery({ queryKey: ["parameters-of", id], queryFn: () => readParameters(id) })
  return (
    <TriggerDetail
      trigger={trigger}
      parameters={found.data?.names ?? []}
      published={found.data?.published ?? null}
      onClose={onClose}
    />
  )
}
