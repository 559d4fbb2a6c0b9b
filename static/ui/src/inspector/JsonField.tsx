import { useState } from "react"
import { Field, TextArea } from "../shared/Field"
import { problemText, type FieldViewProps } from "./FieldView"

/** Any value, as JSON. A text that is not JSON stays in the field, with the reason, and is not saved. */
export function JsonField({ field, value, onChange, context, path }: FieldViewProps) {
  const stored = value === undefined ? "" : JSON.stringify(value, null, 2)
  const [draft, setDraft] = useState<string | null>(null)
  const error = draft === null ? null : jsonError(draft)
  return (
    <Field
      label={field.label}
      required={field.required}
      hint={field.schema.description}
      error={error ?? problemText(context, path, field.label)}
    >
      {(control) => (
        <TextArea
          {...control}
          mono
          rows={4}
          spellCheck={false}
          readOnly={context.readOnly}
          value={draft ?? stored}
          placeholder={field.schema.default == null ? "JSON" : JSON.stringify(field.schema.default)}
          onChange={(event) => {
            const text = event.target.value
            setDraft(text)
            if (!text.trim()) onChange(undefined)
            else if (!jsonError(text)) onChange(JSON.parse(text))
          }}
          onBlur={() => {
            if (!error) setDraft(null)
          }}
        />
      )}
    </Field>
  )
}

function jsonError(text: string): string | null {
  if (!text.trim()) return null
  try {
    JSON.parse(text)
    return null
  } catch (reason) {
    const detail = reason instanceof Error ? reason.message.replace(/^JSON\.parse: /, "") : ""
    return `This is not JSON yet. ${detail}`
  }
}
