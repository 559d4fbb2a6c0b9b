import { useCan } from "../api/me"
import { FilterChip } from "../shared/FilterChip"
import { SearchInput } from "../shared/SearchInput"
import { RUN_STATUSES, statusLabel } from "../shared/status"
import { useWorkflowNames } from "./api"
import { type Period, PERIODS, type RunFilters, TRIGGERS } from "./filters"
import { triggerLook } from "./runFacts"

const STATUS_OPTIONS = RUN_STATUSES.map((status) => ({
  value: status,
  label: statusLabel(status),
  short: statusLabel(status).toLowerCase(),
}))
const PERIOD_OPTIONS = (Object.keys(PERIODS) as Period[]).map((period) => ({
  value: period,
  label: capitalised(PERIODS[period].label),
  short: PERIODS[period].label,
}))

const TRIGGER_OPTIONS = TRIGGERS.map((kind) => {
  const { label } = triggerLook(kind)
  return { value: kind, label, short: label === "API" ? label : label.toLowerCase() }
})

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

interface Props {
  filters: RunFilters
  onChange: (filters: RunFilters) => void
}

export function RunFilterBar({ filters, onChange }: Props) {
  const workflows = useWorkflowNames()
  const maySearchInputs = useCan("run.data")
  const set = (change: Partial<RunFilters>) => onChange({ ...filters, ...change })
  return (
    <div className="filters" role="search" aria-label="Filter runs">
      <SearchInput
        label="Workflow or run number"
        width={220}
        value={filters.search}
        onChange={(search) => set({ search })}
      />
      {maySearchInputs && (
        <SearchInput
          label="Input value"
          placeholder="Input value or name:value"
          width={210}
          value={filters.input}
          onChange={(input) => set({ input })}
        />
      )}
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
        label="Trigger"
        options={TRIGGER_OPTIONS}
        value={filters.trigger}
        onChange={(trigger) => set({ trigger })}
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
