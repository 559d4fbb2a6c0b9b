import { useDeferredValue, useMemo, useState } from "react"
import type { FieldErrors } from "../api/fieldErrors"
import { Field, SelectInput, TextInput } from "../shared/Field"
import { cronOf, cronWords, DAY_NAMES, planOf, timeText, WEEK, type Plan } from "./cron"
import { FireTimes } from "./FireTimes"
import type { ScheduleConfig } from "./types"

interface Props {
  config: ScheduleConfig
  errors: FieldErrors
  readOnly: boolean
  onChange: (config: ScheduleConfig) => void
}

type Rhythm = Plan["every"] | "cron"

const RHYTHMS: readonly { value: Rhythm; label: string }[] = [
  { value: "minutes", label: "Every few minutes" },
  { value: "hour", label: "Every hour" },
  { value: "day", label: "Every day" },
  { value: "week", label: "On days of the week" },
  { value: "month", label: "On a day of the month" },
  { value: "cron", label: "As a cron expression" },
]

const STARTS: Readonly<Record<Plan["every"], Plan>> = {
  minutes: { every: "minutes", step: 15 },
  hour: { every: "hour", minute: 0 },
  day: { every: "day", hour: 9, minute: 0 },
  week: { every: "week", days: [1, 2, 3, 4, 5], hour: 9, minute: 0 },
  month: { every: "month", day: 1, hour: 9, minute: 0 },
}

const STEPS = [1, 2, 5, 10, 15, 20, 30]

const MISSED = [
  { value: "run_once", label: "Run once for all that were missed" },
  { value: "run_all", label: "Run for each, up to a limit" },
  { value: "skip", label: "Leave them out" },
]

const OVERLAPS = [
  { value: "queue", label: "Start anyway" },
  { value: "skip", label: "Leave this time out" },
  { value: "cancel_previous", label: "Cancel the earlier run, then start" },
]

/** When a schedule fires, and what it does when it could not. */
export function ScheduleFields({ config, errors, readOnly, onChange }: Props) {
  const set = (change: Partial<ScheduleConfig>) => onChange({ ...config, ...change })
  const later = useDeferredValue(config)
  return (
    <>
      <Rhythm config={config} error={errors["config.cron"]} readOnly={readOnly} onChange={set} />
      <ZoneField
        zone={config.zone}
        error={errors["config.zone"]}
        readOnly={readOnly}
        onChange={(zone) => set({ zone })}
      />
      <FireTimes cron={later.cron} zone={later.zone} />
      <Field
        label="Times that were missed"
        hint="While the server was down, or the trigger was busy catching up."
        error={errors["config.missed"]}
      >
        {(control) => (
          <SelectInput
            {...control}
            disabled={readOnly}
            choices={MISSED}
            value={config.missed}
            onChange={({ target }) => set({ missed: target.value as ScheduleConfig["missed"] })}
          />
        )}
      </Field>
      {config.missed === "run_all" && (
        <Field
          label="At most"
          error={errors["config.catch_up_limit"]}
          hint="The newest of them; older ones are left out."
        >
          {(control) => (
            <TextInput
              {...control}
              type="number"
              min={1}
              readOnly={readOnly}
              value={config.catch_up_limit}
              onChange={({ target }) => set({ catch_up_limit: target.valueAsNumber || 1 })}
            />
          )}
        </Field>
      )}
      <Field label="While an earlier run goes on" error={errors["config.overlap"]}>
        {(control) => (
          <SelectInput
            {...control}
            disabled={readOnly}
            choices={OVERLAPS}
            value={config.overlap}
            onChange={({ target }) => set({ overlap: target.value as ScheduleConfig["overlap"] })}
          />
        )}
      </Field>
    </>
  )
}

interface RhythmProps {
  config: ScheduleConfig
  error: string | undefined
  readOnly: boolean
  onChange: (change: { cron: string }) => void
}

function Rhythm({ config, error, readOnly, onChange }: RhythmProps) {
  const plan = planOf(config.cron)
  const [asCron, setAsCron] = useState(plan === null)
  const rhythm: Rhythm = asCron || !plan ? "cron" : plan.every
  const choose = (next: Rhythm) => {
    setAsCron(next === "cron")
    if (next !== "cron") onChange({ cron: cronOf(STARTS[next]) })
  }
  const change = (next: Plan) => onChange({ cron: cronOf(next) })
  return (
    <>
      <Field label="Repeats" error={rhythm === "cron" ? undefined : error}>
        {(control) => (
          <SelectInput
            {...control}
            disabled={readOnly}
            choices={RHYTHMS}
            value={rhythm}
            onChange={({ target }) => choose(target.value as Rhythm)}
          />
        )}
      </Field>
      {rhythm === "cron" ? (
        <Field
          label="Cron expression"
          hint={
            cronWords(config.cron) === config.cron
              ? "Minute, hour, day, month, day of the week."
              : cronWords(config.cron)
          }
          error={error}
        >
          {(control) => (
            <TextInput
              {...control}
              mono
              readOnly={readOnly}
              spellCheck={false}
              autoComplete="off"
              value={config.cron}
              onChange={({ target }) => onChange({ cron: target.value })}
            />
          )}
        </Field>
      ) : (
        plan && <PlanFields plan={plan} readOnly={readOnly} onChange={change} />
      )}
    </>
  )
}

function PlanFields({
  plan,
  readOnly,
  onChange,
}: {
  plan: Plan
  readOnly: boolean
  onChange: (plan: Plan) => void
}) {
  if (plan.every === "minutes") {
    const steps = STEPS.includes(plan.step) ? STEPS : [...STEPS, plan.step]
    return (
      <Field label="Minutes between">
        {(control) => (
          <SelectInput
            {...control}
            disabled={readOnly}
            choices={steps.map((step) => ({ value: String(step), label: String(step) }))}
            value={String(plan.step)}
            onChange={({ target }) => onChange({ ...plan, step: Number(target.value) })}
          />
        )}
      </Field>
    )
  }
  if (plan.every === "hour") {
    return (
      <NumberRow
        label="Minutes past the hour"
        value={plan.minute}
        most={59}
        least={0}
        readOnly={readOnly}
        onChange={(minute) => onChange({ ...plan, minute })}
      />
    )
  }
  return (
    <>
      {plan.every === "week" && (
        <WeekDays days={plan.days} readOnly={readOnly} onChange={(days) => onChange({ ...plan, days })} />
      )}
      {plan.every === "month" && (
        <NumberRow
          label="Day of the month"
          value={plan.day}
          least={1}
          most={31}
          hint={plan.day > 28 ? `Months without a day ${plan.day} are left out.` : undefined}
          readOnly={readOnly}
          onChange={(day) => onChange({ ...plan, day })}
        />
      )}
      <Field label="At">
        {(control) => (
          <TextInput
            {...control}
            type="time"
            readOnly={readOnly}
            value={timeText(plan)}
            onChange={({ target }) => {
              const [hour, minute] = target.value.split(":").map(Number)
              if (hour !== undefined && minute !== undefined) onChange({ ...plan, hour, minute })
            }}
          />
        )}
      </Field>
    </>
  )
}

interface NumberRowProps {
  label: string
  value: number
  least: number
  most: number
  hint?: string
  readOnly: boolean
  onChange: (value: number) => void
}

function NumberRow({ label, value, least, most, hint, readOnly, onChange }: NumberRowProps) {
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <TextInput
          {...control}
          type="number"
          min={least}
          max={most}
          readOnly={readOnly}
          value={value}
          onChange={({ target }) => {
            const next = target.valueAsNumber
            if (Number.isInteger(next)) onChange(Math.min(most, Math.max(least, next)))
          }}
        />
      )}
    </Field>
  )
}

interface WeekDaysProps {
  days: readonly number[]
  readOnly: boolean
  onChange: (days: readonly number[]) => void
}

/** The last day can't be taken away: a schedule without a day never fires. */
function WeekDays({ days, readOnly, onChange }: WeekDaysProps) {
  const toggle = (day: number) => {
    const next = days.includes(day) ? days.filter((other) => other !== day) : [...days, day]
    if (next.length) onChange(next)
  }
  return (
    <div className="field">
      <span className="lab" id="week-days">
        Days
      </span>
      <div className="week-days" role="group" aria-labelledby="week-days">
        {WEEK.map((day) => (
          <button
            key={day}
            type="button"
            className={days.includes(day) ? "btn sm is-on" : "btn sm"}
            aria-pressed={days.includes(day)}
            aria-label={DAY_NAMES[day]}
            aria-disabled={readOnly || undefined}
            onClick={() => !readOnly && toggle(day)}
          >
            {DAY_NAMES[day].slice(0, 2)}
          </button>
        ))}
      </div>
    </div>
  )
}

interface ZoneProps {
  zone: string
  error: string | undefined
  readOnly: boolean
  onChange: (zone: string) => void
}

function ZoneField({ zone, error, readOnly, onChange }: ZoneProps) {
  const zones = useMemo(() => ["UTC", ...Intl.supportedValuesOf("timeZone")], [])
  return (
    <Field label="Time zone" hint="Type a city: Lisbon, New York." error={error}>
      {(control) => (
        <>
          <TextInput
            {...control}
            list="time-zones"
            readOnly={readOnly}
            spellCheck={false}
            autoComplete="off"
            value={zone}
            onChange={({ target }) => onChange(target.value)}
          />
          <datalist id="time-zones">
            {zones.map((name) => (
              <option key={name} value={name}>
                {name.split("/").at(-1)?.replaceAll("_", " ")}
              </option>
            ))}
          </datalist>
        </>
      )}
    </Field>
  )
}
