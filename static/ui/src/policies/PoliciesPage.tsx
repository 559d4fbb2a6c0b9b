import { useState } from "react"
import { useLocation, useSearch } from "wouter"
import { failureText } from "../api/fieldErrors"
import { useCan } from "../api/me"
import { Button } from "../shared/Button"
import { saveText } from "../shared/download"
import { EmptyState } from "../shared/EmptyState"
import { FilterChip } from "../shared/FilterChip"
import { plural } from "../shared/format"
import { ListFoot } from "../shared/ListFoot"
import { SearchInput } from "../shared/SearchInput"
import { SkeletonRows } from "../shared/Skeleton"
import { toast } from "../shared/toast"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { Topbar } from "../shell/Topbar"
import { exportPolicies, usePolicies, useRefreshPolicies, useVocabulary, type PolicyFilters } from "./api"
import { ImportPoliciesDialog } from "./ImportPoliciesDialog"
import { NewPolicyDialog } from "./NewPolicyDialog"
import { PolicyTable } from "./PolicyTable"
import "./PoliciesPage.css"

const STATUSES = [
  { value: "active", label: "Active" },
  { value: "shadow", label: "Shadow" },
  { value: "draft", label: "Draft" },
  { value: "disabled", label: "Out of force" },
] as const
const EFFECTS = [
  { value: "allow", label: "Allow" },
  { value: "deny", label: "Deny" },
] as const

function readFilters(search: string): PolicyFilters {
  const found = new URLSearchParams(search)
  return {
    search: found.get("search") ?? "",
    status: STATUSES.find(({ value }) => value === found.get("status"))?.value ?? null,
    effect: EFFECTS.find(({ value }) => value === found.get("effect"))?.value ?? null,
  }
}

function pathOf(filters: PolicyFilters): string {
  const set = Object.entries(filters).filter(([, value]) => value)
  const text = new URLSearchParams(set as [string, string][]).toString()
  return text ? `/policies?${text}` : "/policies"
}

/** The rules of the workspace: who may, or may not, do what, and when. */
export default function PoliciesPage() {
  const filters = readFilters(useSearch())
  const [, navigate] = useLocation()
  const go = (change: Partial<PolicyFilters>) =>
    navigate(pathOf({ ...filters, ...change }), { replace: true })
  const mayManage = useCan("policy.manage")
  const refresh = useRefreshPolicies()
  const words = useVocabulary()
  const [open, setOpen] = useState<"new" | "import" | null>(null)
  const list = usePolicies(filters)
  const policies = list.data?.pages.flatMap((page) => page.results) ?? []
  const isFiltered = filters.search !== "" || filters.status !== null || filters.effect !== null
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Policies" }]} />
      </Topbar>
      <div className="page">
        <div className="pad">
          <div className="list-head">
            <SearchInput
              label="Name or key"
              width={220}
              value={filters.search}
              onChange={(search) => go({ search })}
            />
            <FilterChip
              label="Status"
              options={STATUSES}
              value={filters.status}
              onChange={(status) => go({ status })}
            />
            <FilterChip
              label="Effect"
              options={EFFECTS}
              value={filters.effect}
              onChange={(effect) => go({ effect })}
            />
            <span className="row">
              <Button icon="download" onClick={() => void saveAll()}>
                Export
              </Button>
              {mayManage && (
                <>
                  <Button icon="upload" onClick={() => setOpen("import")}>
                    Import
                  </Button>
                  <Button variant="primary" icon="plus" onClick={() => setOpen("new")}>
                    Policy
                  </Button>
                </>
              )}
            </span>
          </div>
          {list.isPending && <SkeletonRows />}
          {list.isError && policies.length === 0 && (
            <LoadError what="the policies" error={list.error} onRetry={() => void list.refetch()} />
          )}
          {list.isSuccess && policies.length === 0 && (
            <None isFiltered={isFiltered} onClear={() => navigate("/policies")} />
          )}
          {policies.length > 0 && (
            <>
              <div className={list.isPlaceholderData ? "card list-card is-old" : "card list-card"}>
                <PolicyTable policies={policies} words={words} />
              </div>
              <ListFoot
                more={list.hasNextPage}
                loading={list.isFetchingNextPage}
                onMore={() => void list.fetchNextPage()}
              >
                {plural(policies.length, "policy", "policies")}
              </ListFoot>
            </>
          )}
        </div>
      </div>
      {open === "new" && (
        <NewPolicyDialog
          words={words}
          onClose={() => setOpen(null)}
          onMade={({ id }) => navigate(`/policies/${id}`)}
        />
      )}
      {open === "import" && (
        <ImportPoliciesDialog
          onClose={() => setOpen(null)}
          onImported={({ created, changed }) => {
            setOpen(null)
            toast(`${plural(created, "new policy", "new policies")}, ${plural(changed, "draft")} of others.`)
            void refresh()
          }}
        />
      )}
    </>
  )
}

async function saveAll(): Promise<void> {
  try {
    saveText(JSON.stringify(await exportPolicies(), null, 2), "policies.json")
  } catch (reason) {
    toast(failureText(reason, "The policies could not be exported."), { icon: "warn" })
  }
}

function None({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  if (isFiltered) {
    return (
      <EmptyState
        icon="filter"
        title="No policy fits these filters"
        action={<Button onClick={onClear}>Clear filters</Button>}
      />
    )
  }
  return (
    <EmptyState icon="shield" title="No policies yet">
      Roles and shares say who may do what. A policy adds to them, or takes away: by who asks, of what, when
      and from where.
    </EmptyState>
  )
}
