import type { ParameterDocument } from "../../api/types"
import { Field, SelectInput, TextArea, TextInput, Toggle } from "../Field"
import { kindOf, textOf, type ParameterTexts } from "./parameterForm"

interface Props {
  parameters: readonly ParameterDocument[]
  texts: ParameterTexts
  errors: Readonly<Record<string, string>>
  onChange: (texts: ParameterTexts) => void
}

/** One field for each declared parameter of a workflow. */
export function ParameterFields({ parameters, texts, errors, onChange }: Props) {
  return parameters.map((parameter) => (
    <ParameterField
      key={parameter.name}
      parameter={parameter}
      text={texts[parameter.name] ?? ""}
      error={errors[parameter.name]}
      onChange={(text) => onChange({ ...texts, [parameter.name]: text })}
    />
  ))
}

interface FieldProps {
  parameter: ParameterDocument
  text: string
  error: string | undefined
  onChange: (text: string) => void
}

function ParameterField({ parameter, text, error, onChange }: FieldProps) {
  const kind = kindOf(parameter)
  const label = parameter.schema?.title ?? parameter.name
  const required = parameter.default === undefined || parameter.default === null
  if (kind === "boolean") {
    return (
      <Toggle
        label={label}
        checked={text === "true"}
        hint={parameter.schema?.description}
        onChange={(on) => onChange(String(on))}
      />
    )
  }
  return (
    <Field label={label} required={required} error={error} hint={parameter.schema?.description}>
      {(control) => {
        const shared = { ...control, value: text }
        if (kind === "choice") {
          const choices = (parameter.schema?.enum ?? []).map((choice) => textOf(choice, kind))
          const listed = choices.map((choice) => ({ value: choice, label: choice }))
          return (
            <SelectInput
              {...shared}
              choices={choices.includes(text) ? listed : [{ value: "", label: "Choose one" }, ...listed]}
              onChange={(event) => onChange(event.target.value)}
            />
          )
        }
        if (kind === "json") {
          return (
            <TextArea
              {...shared}
              mono
              rows={2}
              spellCheck={false}
              onChange={(event) => onChange(event.target.value)}
            />
          )
        }
        return (
          <TextInput
            {...shared}
            inputMode={kind === "number" ? "decimal" : undefined}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }}
    </Field>
  )
}
