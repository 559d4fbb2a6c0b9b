import { useDeferredValue } from "react"
import type { FieldErrors } from "../api/fieldErrors"
import { CountField } from "../shared/fields/CountField"
import { SelectField } from "../shared/fields/SelectField"
import { FireTimes } from "./FireTimes"
import { RhythmFields } from "./RhythmFields"
import type { ScheduleConfig } from "./types"
import { ZoneField } from "./ZoneField"

interface Props {
  config: ScheduleConfig
  errors: FieldErrors
  readOnly: boolean
  onChange: (config: ScheduleConfig) => void
}

const MISSED = [
  { value: "run_once", label: "Run once for all that were missed" },
  { value: "run_all", label: "Run for each, up to a limit" },
  { value: "skip", label: "Leave them out" },
] as const

const OVERLAPS = [
  { value: "queue", label: "Start anyway" },
  { value: "skip", label: "Leave this time out" },
  { value: "cancel_previous", label: "Cancel the earlier run, then start" },
] as const

/** When a schedule fires, and what it does when it could not. */
export function ScheduleFields({ config, errors, readOnly, onChange }: Props) {
  const set = (change: Partial<ScheduleConfig>) => onChange({ ...config, ...change })
  const later = useDeferredValue(config)
  return (
    <>
      <RhythmFields
        cron={config.cron}
        error={errors["config.cron"]}
        readOnly={readOnly}
        onChange={(cron) => set({ cron })}
      />
      <ZoneField
        zone={config.zone}
        error={errors["config.zone"]}
        readOnly={readOnly}
        onChange={(zone) => set({ zone })}
      />
      <FireTimes cron={later.cron} zone={later.zone} />
      <SelectField
        label="Times that were missed"
        hint="While the server was down, or the trigger was busy catching up."
        choices={MISSED}
        value={config.missed}
        error={errors["config.missed"]}
        readOnly={readOnly}
        onChange={(missed) => set({ missed })}
      />
      {config.missed === "run_all" && (
        <CountField
          label="At most"
          hint="The newest of them; older ones are left out."
          least={1}
          value={config.catch_up_limit}
          error={errors["config.catch_up_limit"]}
          readOnly={readOnly}
          onChange={(catch_up_limit) => set({ catch_up_limit })}
        />
      )}
      <SelectField
        label="While an earlier run goes on"
        choices={OVERLAPS}
        value={config.overlap}
        error={errors["config.overlap"]}
        readOnly={readOnly}
        onChange={(overlap) => set({ overlap })}
      />
    </>
  )
}
