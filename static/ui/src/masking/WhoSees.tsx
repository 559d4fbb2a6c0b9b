import { lazy, Suspense } from "react"
import { useLevels, useRoles } from "../access/api"
import type { FieldErrors } from "../api/fieldErrors"
import { Skeleton } from "../shared/Skeleton"
import { SelectField } from "../shared/fields/SelectField"
import { ToggleGroup } from "../shared/fields/ToggleGroup"
import type { RuleForm, Who } from "./form"
import type { Reach } from "./types"
import { reachWords } from "./words"

const ConditionField = lazy(() => import("./ConditionField"))

interface Props {
  form: RuleForm
  readOnly: boolean
  error: string | undefined
  /** What is said of the condition, by its places. */
  errors: FieldErrors
  reach: Reach | undefined
  onChange: (change: Partial<RuleForm>) => void
}

const WHO: readonly { value: Who; label: string }[] = [
  { value: "nobody", label: "Nobody" },
  { value: "cleared", label: "People cleared for at least" },
  { value: "roles", label: "People with one of the roles" },
  { value: "condition", label: "As a condition says" },
]

/** From whom the value is not hidden, and how many people that is today. */
export function WhoSees({ form, readOnly, error, errors, reach, onChange }: Props) {
  const levels = useLevels()
  const roles = useRoles()
  const choose = (who: Who) => {
    const level = form.level || (levels.at(-1)?.key ?? "")
    const chosen = form.roles.length ? form.roles : roles.slice(0, 1).map(({ value }) => value)
    onChange({ who, level, roles: chosen })
  }
  return (
    <div className="col g2">
      <div className="mask-pair">
        <SelectField
          label="Who sees the value"
          choices={WHO}
          value={form.who}
          readOnly={readOnly}
          onChange={choose}
        />
        {form.who === "cleared" && (
          <SelectField
            label="Clearance"
            choices={levels.map(({ key, label }) => ({ value: key, label }))}
            value={form.level}
            readOnly={readOnly}
            error={error}
            onChange={(level) => onChange({ level })}
          />
        )}
      </div>
      {form.who === "roles" && (
        <ToggleGroup
          label="Roles"
          options={roles}
          chosen={form.roles}
          readOnly={readOnly}
          error={error}
          onChange={(chosen) => onChange({ roles: chosen })}
        />
      )}
      {form.who === "condition" && (
        <Suspense fallback={<Skeleton height={120} />}>
          <ConditionField
            text={form.condition}
            readOnly={readOnly}
            errors={errors}
            onText={(condition) => onChange({ condition })}
          />
        </Suspense>
      )}
      {reach && !error && (
        <p className="xs subtle" aria-live="polite">
          {reachWords(reach)}
        </p>
      )}
    </div>
  )
}
