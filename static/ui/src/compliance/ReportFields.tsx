import type { FieldErrors } from "../api/fieldErrors"
import { useWorkflowNames } from "../runs/api"
import { LineField } from "../shared/fields/LineField"
import { SelectField } from "../shared/fields/SelectField"
import { ToggleGroup } from "../shared/fields/ToggleGroup"
import { PERIODS } from "./place"
import { FORMATS, titleOf, type ReportForm } from "./reportForm"
import { frameworkLabel, FRAMEWORKS } from "./words"

const CHOICES = FRAMEWORKS.map((value) => ({ value, label: frameworkLabel(value) }))

interface Props<F extends ReportForm> {
  form: F
  errors: FieldErrors
  onChange: (form: F) => void
}

/** What a report is about. */
export function ReportFields<F extends ReportForm>({ form, errors, onChange }: Props<F>) {
  const set = (change: Partial<ReportForm>) => onChange({ ...form, ...change })
  const workflows = useWorkflowNames().data ?? []
  return (
    <>
      <LineField
        label="Title"
        value={form.title}
        maxLength={200}
        placeholder={titleOf(form.frameworks, form.days)}
        error={errors.title}
        onChange={(title) => set({ title })}
      />
      <ToggleGroup
        label="Frameworks"
        options={CHOICES}
        chosen={form.frameworks}
        error={errors.frameworks}
        onChange={(frameworks) => set({ frameworks })}
      />
      <SelectField
        label="About"
        choices={[{ value: "", label: "The whole workspace" }, ...workflows]}
        value={form.workflow}
        error={errors.workflow}
        onChange={(workflow) => set({ workflow })}
      />
      <div className="fw-form-row">
        <SelectField
          label="Period"
          choices={PERIODS}
          value={form.days}
          error={errors.days ?? errors.since ?? errors.until}
          onChange={(days) => set({ days })}
        />
        <SelectField
          label="Tells"
          choices={FORMATS}
          value={form.format}
          error={errors.report_format}
          onChange={(format) => set({ format })}
        />
      </div>
    </>
  )
}
