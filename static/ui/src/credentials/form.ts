/** The form of a credential: which fields, which of them are secret, what is sent. Pure. */
import type { JsonSchema } from "../api/types"
import { labelOf, resolve, typeOf } from "../inspector/schema"

export interface CredentialField {
  key: string
  label: string
  schema: JsonSchema
  isSecret: boolean
  required: boolean
}

export type Texts = Readonly<Record<string, string>>

export function fieldsOf(schema: JsonSchema): CredentialField[] {
  const required = new Set(schema.required)
  return Object.entries(schema.properties ?? {}).map(([key, part]) => {
    const resolved = resolve(part, schema)
    return {
      key,
      label: labelOf(resolved, key),
      schema: resolved,
      isSecret: resolved["x-widget"] === "secret",
      required: required.has(key),
    }
  })
}

/** What the form starts with: what is known of a credential, else the defaults. Secrets start empty. */
export function startTexts(
  fields: readonly CredentialField[],
  known: Readonly<Record<string, unknown>>,
): Texts {
  return Object.fromEntries(
    fields.map(({ key, schema, isSecret }) => {
      const value = isSecret ? "" : (known[key] ?? schema.default ?? "")
      return [key, typeof value === "string" ? value : JSON.stringify(value)]
    }),
  )
}

/** The values to send. A secret that was left empty is not among them: it stays what it is. */
export function valuesOf(fields: readonly CredentialField[], texts: Texts): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const { key, schema, isSecret } of fields) {
    const text = texts[key] ?? ""
    if (text === "" && isSecret) continue
    const type = typeOf(schema)
    values[key] = type === "integer" || type === "number" ? (text === "" ? null : Number(text)) : text
  }
  return values
}

/** The fields that have to be filled and are not: of a new credential also its secrets. */
export function missing(fields: readonly CredentialField[], texts: Texts, isNew: boolean): CredentialField[] {
  return fields.filter(({ key, required, isSecret }) => required && !texts[key] && (isNew || !isSecret))
}

/** The day (UTC) of a moment, as a date field has it. */
export const dayOf = (iso: string | null): string => iso?.slice(0, 10) ?? ""

/** The moment that a date field means: the beginning of that day (UTC), and what it was where it was left alone. */
export function expiryOf(day: string, before: string | null): string | null {
  if (day === dayOf(before)) return before
  return day ? `${day}T00:00:00Z` : null
}
