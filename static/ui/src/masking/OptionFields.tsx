import { CountField } from "../shared/fields/CountField"
import { LineField } from "../shared/fields/LineField"
import { SelectField } from "../shared/fields/SelectField"
import { Icon } from "../shared/icons/Icon"
import { rangesOf, UNITS, type RuleForm } from "./form"

interface Props {
  form: RuleForm
  readOnly: boolean
  /** What is wrong with the options, as the server says it. */
  error: string | undefined
  /** The rule was looked at as it stands, and nothing is wrong with it. */
  checked: boolean
  onChange: (change: Partial<RuleForm>) => void
}

/** What the chosen way of masking is told: how many characters stay, which ranges there are. */
export function OptionFields({ form, readOnly, error, checked, onChange }: Props) {
  switch (form.type) {
    case "partial":
      return (
        <CountField
          label="Characters that stay visible"
          hint="The last ones; letters and digits count. What is no longer than that is masked whole."
          least={0}
          most={100}
          value={form.visible}
          readOnly={readOnly}
          error={error}
          onChange={(visible) => onChange({ visible })}
        />
      )
    case "range":
      return <Ranges form={form} readOnly={readOnly} error={error} checked={checked} onChange={onChange} />
    case "round":
      return (
        <LineField
          label="To the nearest"
          hint="Such as 1000: 52,400 is shown as 52,000."
          mono
          value={form.to}
          readOnly={readOnly}
          error={error}
          onChange={(to) => onChange({ to })}
        />
      )
    case "date_truncate":
      return (
        <SelectField
          label="What stays of the date"
          choices={UNITS}
          value={form.unit as (typeof UNITS)[number]["value"]}
          readOnly={readOnly}
          error={error}
          onChange={(unit) => onChange({ unit })}
        />
      )
    case "replace":
      return (
        <LineField
          label="Shown in its place"
          maxLength={500}
          value={form.replacement}
          readOnly={readOnly}
          error={error}
          onChange={(replacement) => onChange({ replacement })}
        />
      )
    default:
      return null
  }
}

function Ranges({ form, readOnly, error, checked, onChange }: Props) {
  const ranges = rangesOf(form.ranges)
  return (
    <div>
      <LineField
        label="Ranges"
        hint="Lower bound included, upper bound not. K, M, B and currencies are understood."
        mono
        value={form.ranges}
        readOnly={readOnly}
        error={error}
        onChange={(text) => onChange({ ranges: text })}
      />
      <div className="mask-scale" aria-hidden="true">
        {ranges.map((range, at) => (
          <span key={`${at} ${range}`} title={range}>
            {range}
          </span>
        ))}
      </div>
      {!error && checked && (
        <p className="row xs succeeded g1">
          <Icon name="check" size={14} />
          No gap, no overlap
        </p>
      )}
    </div>
  )
}
