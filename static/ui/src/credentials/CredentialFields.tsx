import type { FieldErrors } from "../api/fieldErrors"
import { Field, SelectInput, TextInput } from "../shared/Field"
import { typeOf } from "../inspector/schema"
import { asWords } from "../shared/names"
import type { CredentialField, Texts } from "./form"

interface Props {
  fields: readonly CredentialField[]
  texts: Texts
  errors: FieldErrors
  isNew: boolean
  onChange: (texts: Texts) => void
}

/** One field for each value of a credential. */
export function CredentialFields({ fields, texts, errors, isNew, onChange }: Props) {
  return fields.map((field) => (
    <Field
      key={field.key}
      label={field.label}
      required={field.required && (isNew || !field.isSecret)}
      error={errors[`values.${field.key}`]}
      hint={field.schema.description}
    >
      {(control) => {
        const text = texts[field.key] ?? ""
        const set = (next: string) => onChange({ ...texts, [field.key]: next })
        if (field.schema.enum) {
          return (
            <SelectInput
              {...control}
              choices={field.schema.enum.map((item) => ({ value: String(item), label: words(item) }))}
              value={text}
              onChange={({ target }) => set(target.value)}
            />
          )
        }
        if (field.isSecret) {
          return (
            <TextInput
              {...control}
              mono
              type="password"
              autoComplete="new-password"
              spellCheck={false}
              placeholder={isNew ? undefined : "unchanged"}
              value={text}
              onChange={({ target }) => set(target.value)}
            />
          )
        }
        const isNumber = typeOf(field.schema) === "integer" || typeOf(field.schema) === "number"
        return (
          <TextInput
            {...control}
            type={isNumber ? "number" : "text"}
            autoComplete="off"
            spellCheck={false}
            value={text}
            onChange={({ target }) => set(target.value)}
          />
        )
      }}
    </Field>
  ))
}

const words = (item: unknown): string => (typeof item === "string" ? asWords(item) : String(item))
