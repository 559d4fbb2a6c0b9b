/** The JSON Schema subset that forms are drawn from. Pure: what a field is, which fields show, what they start with. */
import type { JsonSchema } from "../api/types"

export type FieldKind =
  | "text"
  | "textarea"
  | "code"
  | "expression"
  | "dataset"
  | "workflow"
  | "workflow-version"
  | "credential"
  | "approvers"
  | "number"
  | "boolean"
  | "choice"
  | "list"
  | "record"
  | "map"
  | "union"
  | "json"

export interface FieldSpec {
  key: string
  kind: FieldKind
  schema: JsonSchema
  label: string
  required: boolean
  advanced: boolean
}

/** A schema with its `$ref` followed and the null of an optional value set aside. */
export function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  let current = schema
  for (let depth = 0; current.$ref && depth < 16; depth++) {
    const name = current.$ref.replace("#/$defs/", "")
    const { $ref: _, ...own } = current
    current = { ...(root.$defs?.[name] ?? {}), ...own }
  }
  const [only, ...others] = (current.allOf ?? []).map((part) => resolve(part, root))
  if (only && !others.length) current = { ...only, ...without(current, "allOf") }
  const variants = current.anyOf ?? current.oneOf
  if (variants) {
    const real = variants.filter((variant) => variant.type !== "null")
    const [single] = real
    if (single && real.length === 1)
      return { ...resolve(single, root), ...without(current, "anyOf", "oneOf"), nullable: true } as JsonSchema
  }
  return current
}

function without(schema: JsonSchema, ...keys: (keyof JsonSchema)[]): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key as keyof JsonSchema)))
}

export function kindOf(schema: JsonSchema): FieldKind {
  const widget = schema["x-widget"]
  if (
    widget === "code" ||
    widget === "expression" ||
    widget === "dataset" ||
    widget === "workflow" ||
    widget === "workflow-version" ||
    widget === "credential" ||
    widget === "approvers" ||
    widget === "textarea" ||
    widget === "json"
  ) {
    return widget
  }
  if (schema.enum) return "choice"
  if (schema.anyOf || schema.oneOf) return schema.discriminator ? "union" : "json"
  const type = typeOf(schema)
  if (type === "string") return "text"
  if (type === "number" || type === "integer") return "number"
  if (type === "boolean") return "boolean"
  if (type === "array") return "list"
  if (type === "object") return objectKind(schema)
  return "json"
}

function objectKind(schema: JsonSchema): FieldKind {
  if (schema.properties) return "record"
  const values = schema.additionalProperties
  return typeof values === "object" && typeOf(values) === "string" ? "map" : "json"
}

export function typeOf(schema: JsonSchema): string | undefined {
  return Array.isArray(schema.type) ? schema.type.find((name) => name !== "null") : schema.type
}

/** The fields of an object, in their order; those that a condition hides are left out. */
export function fieldsOf(
  schema: JsonSchema,
  root: JsonSchema,
  value: Readonly<Record<string, unknown>>,
): FieldSpec[] {
  const object = resolve(schema, root)
  const required = new Set(object.required)
  const order = Array.isArray(object["x-order"]) ? object["x-order"] : []
  const entries = Object.entries(object.properties ?? {}).map(([key, part], at) => {
    const resolved = resolve(part, root)
    const listed = order.indexOf(key)
    const own = typeof resolved["x-order"] === "number" ? resolved["x-order"] : undefined
    return { key, resolved, rank: own ?? (listed >= 0 ? listed : 1_000 + at) }
  })
  return entries
    .filter(
      ({ key, resolved }) => resolved.const === undefined && isVisible(resolved, value, object, root, key),
    )
    .sort((a, b) => a.rank - b.rank)
    .map(({ key, resolved }) => ({
      key,
      kind: kindOf(resolved),
      schema: resolved,
      label: labelOf(resolved, key),
      required: required.has(key),
      advanced: resolved["x-advanced"] ?? false,
    }))
}

function isVisible(
  schema: JsonSchema,
  value: Readonly<Record<string, unknown>>,
  object: JsonSchema,
  root: JsonSchema,
  key: string,
): boolean {
  if (value[key] !== undefined && schema["x-visible-if"] === undefined) return true
  return Object.entries(schema["x-visible-if"] ?? {}).every(([other, wanted]) => {
    const part = object.properties?.[other]
    const actual = value[other] ?? (part ? resolve(part, root).default : undefined)
    return Array.isArray(wanted) ? wanted.includes(actual) : actual === wanted
  })
}

/** The object without what stands under fields that its other values hide: nobody could take it away there. */
export function withoutHidden(
  object: JsonSchema,
  root: JsonSchema,
  value: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const isHidden = (key: string) => {
    const schema = object.properties?.[key]
    return schema !== undefined && !isVisible(resolve(schema, root), value, object, root, key)
  }
  return Object.fromEntries(Object.entries(value).filter(([key]) => !isHidden(key)))
}

/** The title that the schema gives, in sentence case as everywhere. */
export function labelOf(schema: JsonSchema, key: string): string {
  const text = schema.title ?? key.replaceAll("_", " ")
  const words = text.split(" ")
  const sentence = words
    .map((word, at) => (at > 0 && /^[A-Z][a-z]+$/.test(word) ? word.toLowerCase() : word))
    .join(" ")
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}

/** A number field that no schema describes. */
export const numberSpec = (key: string, label: string, schema: JsonSchema): FieldSpec => ({
  key,
  kind: "number",
  label,
  required: false,
  advanced: false,
  schema,
})

/** What a new item of a list or a new variant starts with. */
export function startValue(schema: JsonSchema, root: JsonSchema): unknown {
  const resolved = resolve(schema, root)
  if (resolved.default !== undefined) return structuredClone(resolved.default)
  if (resolved.const !== undefined) return resolved.const
  const kind = kindOf(resolved)
  if (kind === "record") {
    const parts = Object.entries(resolved.properties ?? {})
    const needed = parts.filter(
      ([key, part]) => resolved.required?.includes(key) || resolve(part, root).const !== undefined,
    )
    return Object.fromEntries(needed.map(([key, part]) => [key, startValue(part, root)]))
  }
  if (kind === "list") return []
  if (kind === "map") return {}
  if (kind === "choice") return resolved.enum?.[0]
  if (kind === "boolean") return false
  if (kind === "number") return resolved.minimum ?? 0
  if (kind === "union") return startValue(variantsOf(resolved, root)[0]?.schema ?? {}, root)
  return kind === "json" ? null : ""
}

export interface Variant {
  name: string
  label: string
  schema: JsonSchema
}

/** The shapes of a tagged union, by the value of their tag. */
export function variantsOf(schema: JsonSchema, root: JsonSchema): Variant[] {
  const tag = schema.discriminator?.propertyName ?? ""
  return (schema.oneOf ?? schema.anyOf ?? []).map((part) => {
    const resolved = resolve(part, root)
    const name = String(
      resolved.properties?.[tag]?.const ?? resolved.properties?.[tag]?.enum?.[0] ?? resolved.title ?? "",
    )
    const title = resolved.title ?? name.replaceAll("_", " ")
    return { name, label: labelOf({ title }, name), schema: resolved }
  })
}

export const isTemplate = (value: unknown): boolean => typeof value === "string" && value.includes("${")

export type ParsedNumber = { value: number | string | undefined } | { error: string }

/** A number field's text: a number, a `${name}` that a run fills in, or nothing. */
export function parseNumber(text: string, schema: JsonSchema): ParsedNumber {
  const trimmed = text.trim()
  if (!trimmed) return { value: undefined }
  if (isTemplate(trimmed)) return { value: trimmed }
  const value = Number(trimmed)
  if (!Number.isFinite(value)) return { error: "Enter a number." }
  if (typeOf(schema) === "integer" && !Number.isInteger(value)) return { error: "Enter a whole number." }
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  if (minimum !== undefined && value < minimum) return { error: `At least ${minimum}.` }
  if (maximum !== undefined && value > maximum) return { error: `At most ${maximum}.` }
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum)
    return { error: `More than ${exclusiveMinimum}.` }
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum)
    return { error: `Less than ${exclusiveMaximum}.` }
  return { value }
}

/** Said at once, before the server is asked: a text longer than its field takes. */
export function tooLong(text: string, schema: JsonSchema): string | undefined {
  const { maxLength } = schema
  if (maxLength === undefined || text.length <= maxLength) return undefined
  return `This has ${text.length.toLocaleString("en")} characters, at most ${maxLength.toLocaleString("en")} are taken.`
}

export interface FieldProblem {
  code?: string
  message: string
  severity: "error" | "warning"
  line?: number | null
  column?: number | null
  hint?: string | null
}

interface LocatedProblem extends FieldProblem {
  node?: string | null
  field?: string | null
}

/** A step's problems by the path of their field: `config.cases.0.value` is `cases.0.value`. */
export function problemsByField(
  problems: readonly LocatedProblem[],
  node: string,
  part: "config" | "options" | "access",
): Map<string, FieldProblem[]> {
  const byField = new Map<string, FieldProblem[]>()
  for (const problem of problems) {
    if (problem.node !== node || !problem.field) continue
    const at = /^(options|access)\./.exec(problem.field)?.[1] ?? "config"
    if (at !== part) continue
    const path = problem.field.replace(/^(config|options|access)\./, "")
    byField.set(path, [...(byField.get(path) ?? []), problem])
  }
  return byField
}

/** The problems of a field and of what lies inside it. */
export function problemsAt(byField: ReadonlyMap<string, FieldProblem[]>, path: string): FieldProblem[] {
  return [...byField].flatMap(([field, problems]) =>
    field === path || field.startsWith(`${path}.`) ? problems : [],
  )
}
