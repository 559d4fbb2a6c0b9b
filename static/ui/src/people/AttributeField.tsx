import { Field, SelectInput, TextInput } from "../shared/Field"
import { choicesOf, hintOf } from "./attributeForm"
import type { Attribute } from "./types"

interface Props {
  attribute: Attribute
  levels: readonly { key: string; label: string }[]
  text: string
  error?: string
  readOnly: boolean
  onChange: (text: string) => void
}

/** The value of one attribute, by its type. Empty is no value. */
export function AttributeField({ attribute, levels, text, error, readOnly, onChange }: Props) {
  const choices = choicesOf(attribute, levels)
  return (
    <Field label={attribute.label} hint={hintOf(attribute)} error={error}>
      {(control) =>
        choices ? (
          <SelectInput
            {...control}
            disabled={readOnly}
            choices={[{ value: "", label: "None" }, ...choices]}
            value={text}
            onChange={({ target }) => onChange(target.value)}
          />
        ) : (
          <TextInput
            {...control}
            readOnly={readOnly}
            inputMode={attribute.kind === "number" ? "decimal" : undefined}
            maxLength={500}
            value={text}
            onChange={({ target }) => onChange(target.value)}
          />
        )
      }
    </Field>
  )
}
