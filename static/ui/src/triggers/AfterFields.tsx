import type { FieldErrors } from "../api/fieldErrors"
import { useWorkflowChoices } from "../inspector/workflowChoices"
import { SelectField } from "../shared/fields/SelectField"
import type { AfterConfig } from "./types"

interface Props {
  config: AfterConfig
  /** The workflow that is started: it can't follow itself. */
  workflow: string
  errors: FieldErrors
  readOnly: boolean
  onChange: (config: AfterConfig) => void
}

const ENDINGS = [
  { value: "succeeded", label: "It succeeded" },
  { value: "failed", label: "It failed" },
  { value: "ended", label: "It ended, however it did" },
] as const

/** Which workflow is followed, and after which ends. */
export function AfterFields({ config, workflow, errors, readOnly, onChange }: Props) {
  const others = useWorkflowChoices(true).filter((choice) => choice.id !== workflow)
  const choices = others.map(({ id, name }) => ({ value: id, label: name }))
  if (!others.some((choice) => choice.id === config.source)) {
    const none = others.length ? "Choose one" : "There is no other workflow"
    choices.unshift({ value: config.source, label: config.source ? "A workflow that is gone" : none })
  }
  return (
    <>
      <SelectField
        label="After a run of"
        required
        choices={choices}
        value={config.source}
        error={errors["config.source"]}
        readOnly={readOnly}
        onChange={(source) => onChange({ ...config, source })}
      />
      <SelectField
        label="When"
        choices={ENDINGS}
        value={config.on}
        error={errors["config.on"]}
        readOnly={readOnly}
        onChange={(on) => onChange({ ...config, on })}
      />
    </>
  )
}
