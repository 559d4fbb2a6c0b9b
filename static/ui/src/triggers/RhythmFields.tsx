import { useState } from "react"
import { Field, TextInput } from "../shared/Field"
import { CountField } from "../shared/fields/CountField"
import { LineField } from "../shared/fields/LineField"
import { SelectField } from "../shared/fields/SelectField"
import { ToggleGroup } from "../shared/fields/ToggleGroup"
import { cronOf, cronWords, DAY_NAMES, planOf, timeText, WEEK, type Plan } from "./cron"

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

const DAYS = WEEK.map((day) => ({ value: day, label: DAY_NAMES[day].slice(0, 2), name: DAY_NAMES[day] }))

interface Props {
  cron: string
  error: string | undefined
  readOnly: boolean
  onChange: (cron: string) => void
}

/** How often: in the words that people use for it, or as cron has it. */
export function RhythmFields({ cron, error, readOnly, onChange }: Props) {
  const plan = planOf(cron)
  const [asCron, setAsCron] = useState(plan === null)
  const rhythm: Rhythm = asCron || !plan ? "cron" : plan.every
  const choose = (next: Rhythm) => {
    setAsCron(next === "cron")
    if (next !== "cron") onChange(cronOf(STARTS[next]))
  }
  const words = cronWords(cron)
  return (
    <>
      <SelectField
        label="Repeats"
        choices={RHYTHMS}
        value={rhythm}
        error={rhythm === "cron" ? undefined : error}
        readOnly={readOnly}
        onChange={choose}
      />
      {rhythm === "cron" ? (
        <LineField
          label="Cron expression"
          hint={words === cron ? "Minute, hour, day, month, day of the week." : words}
          mono
          value={cron}
          error={error}
          readOnly={readOnly}
          onChange={onChange}
        />
      ) : (
        plan && <PlanFields plan={plan} readOnly={readOnly} onChange={(next) => onChange(cronOf(next))} />
      )}
    </>
  )
}

interface PlanProps<P extends Plan = Plan> {
  plan: P
  readOnly: boolean
  onChange: (plan: Plan) => void
}

function PlanFields({ plan, readOnly, onChange }: PlanProps) {
  switch (plan.every) {
    case "minutes": {
      const steps = STEPS.includes(plan.step) ? STEPS : [...STEPS, plan.step]
      return (
        <SelectField
          label="Minutes between"
          choices={steps.map((step) => ({ value: String(step), label: String(step) }))}
          value={String(plan.step)}
          readOnly={readOnly}
          onChange={(step) => onChange({ ...plan, step: Number(step) })}
        />
      )
    }
    case "hour":
      return (
        <CountField
          label="Minutes past the hour"
          least={0}
          most={59}
          value={plan.minute}
          readOnly={readOnly}
          onChange={(minute) => onChange({ ...plan, minute })}
        />
      )
    default:
      return <AtTime plan={plan} readOnly={readOnly} onChange={onChange} />
  }
}

function AtTime({ plan, readOnly, onChange }: PlanProps<Extract<Plan, { hour: number }>>) {
  const setTime = (text: string) => {
    const [hour, minute] = text.split(":").map(Number)
    if (hour !== undefined && minute !== undefined) onChange({ ...plan, hour, minute })
  }
  return (
    <>
      {plan.every === "week" && (
        <ToggleGroup
          label="Days"
          options={DAYS}
          chosen={plan.days}
          readOnly={readOnly}
          onChange={(days) => onChange({ ...plan, days })}
        />
      )}
      {plan.every === "month" && (
        <CountField
          label="Day of the month"
          least={1}
          most={31}
          value={plan.day}
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
            onChange={({ target }) => setTime(target.value)}
          />
        )}
      </Field>
    </>
  )
}
