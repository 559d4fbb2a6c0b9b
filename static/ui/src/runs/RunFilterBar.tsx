import { FilterChip } from "../shared/FilterChip"
import { SearchInput } from "../shared/SearchInput"
import { RUN_STATUSES, statusLabel } from "../shared/status"
import { useWorkflowNames } from "./api"
import { type Period, PERIODS, type RunFilters } from "./filters"

const STATUS_OPTIONS = RUN_STATUSES.filter((status) => status !== "paused").map((status) => ({
  value: status,
  label: statusLabel(status),
  short: statusLabel(status).toLowerCase(),
}))
const PERIOD_OPTIONS = (Object.keys(PERIODS) as Period[]).map((period) => ({
  value: period,
  label: capitalised(PERIODS[period].label),
  short: PERIODS[period].label,
}))

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

interface Props {
  filters: RunFilters
  onChange: (filters: RunFilters) => void
}

export function RunFilterBar({ filters, onChange }: Props) {
  const workflows = useWorkflowNames()
  const set = (change: Partial<RunFilters>) => onChange({ ...filters, ...change })
  return (
    <div className="filters" role="search" aria-label="Filter runs">
      <SearchInput
        label="Workflow or run number"
        width={260}
        value={filters.search}
        onChange={(search) => set({ search })}
      />
      <FilterChip
        label="State"
        options={STATUS_OPTIONS}
        value={filters.status}
        onChange={(status) => set({ status })}
      />
      <FilterChip
        label="Workflow"
        options={workflows.data ?? []}
        value={filters.workflow}
        onChange={(workflow) => set({ workflow })}
      />
      <FilterChip
        label="Started"
        options={PERIOD_OPTIONS}
        value={filters.period}
        onChange={(period) => set({ period })}
      />
    </div>
  )
}
