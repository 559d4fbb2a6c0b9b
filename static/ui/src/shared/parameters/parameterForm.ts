import { ApiProblem } from "../../api/problem"
import type { JsonSchema, ParameterDocument } from "../../api/types"

/** The form in which a run's parameters are asked for: texts while they are typed, values when they are sent. */
export type ParameterKind = "text" | "number" | "boolean" | "choice" | "json"
export type ParameterTexts = Readonly<Record<string, string>>

export type ParsedParameters =
  | { readonly ok: true; readonly values: Record<string, unknown> }
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> }

function typeOf(schema: JsonSchema | undefined): string | null {
  const type = schema?.type
  return Array.isArray(type) ? (type.find((name) => name !== "null") ?? null) : (type ?? null)
}

export function kindOf({ schema }: ParameterDocument): ParameterKind {
  if (schema?.enum) return "choice"
  const type = typeOf(schema)
  if (type === "string" || type === "boolean") return type === "string" ? "text" : "boolean"
  return type === "number" || type === "integer" ? "number" : "json"
}

/** A value as the text a person edits. Nothing is an empty field. */
export function textOf(value: unknown, kind: ParameterKind): string {
  if (value === undefined || value === null) return ""
  if (typeof value === "string" && kind !== "json") return value
  return JSON.stringify(value)
}

export function startTexts(
  parameters: readonly ParameterDocument[],
  given: Readonly<Record<string, unknown>> = {},
): ParameterTexts {
  return Object.fromEntries(
    parameters.map((parameter) => {
      const value = Object.hasOwn(given, parameter.name) ? given[parameter.name] : parameter.default
      return [parameter.name, textOf(value, kindOf(parameter))]
    }),
  )
}

function hasDefault(parameter: ParameterDocument): boolean {
  return parameter.default !== undefined && parameter.default !== null
}

type Parsed = { value: unknown } | { error: string }

function parseNumber(text: string, schema: JsonSchema | undefined): Parsed {
  const value = Number(text)
  if (!Number.isFinite(value)) return { error: "Enter a number." }
  if (typeOf(schema) === "integer" && !Number.isInteger(value)) return { error: "Enter a whole number." }
  if (schema?.minimum !== undefined && value < schema.minimum) return { error: `At least ${schema.minimum}.` }
  if (schema?.maximum !== undefined && value > schema.maximum) return { error: `At most ${schema.maximum}.` }
  return { value }
}

function parseOne(parameter: ParameterDocument, text: string): Parsed {
  const kind = kindOf(parameter)
  if (kind === "number") return parseNumber(text, parameter.schema)
  if (kind === "boolean") return { value: text === "true" }
  if (kind === "choice")
    return { value: parameter.schema?.enum?.find((choice) => textOf(choice, kind) === text) ?? text }
  if (kind === "text") return { value: text }
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return parameter.schema ? { error: "Enter JSON: text stands in double quotes." } : { value: text }
  }
}

/** All values, or what is wrong with each. A field left empty is left out, so that its default holds. */
export function parseTexts(
  parameters: readonly ParameterDocument[],
  texts: ParameterTexts,
): ParsedParameters {
  const values: Record<string, unknown> = {}
  const errors: Record<string, string> = {}
  for (const parameter of parameters) {
    const text = texts[parameter.name] ?? ""
    if (text === "") {
      if (!hasDefault(parameter)) errors[parameter.name] = "This run needs a value."
      continue
    }
    const parsed = parseOne(parameter, text)
    if ("error" in parsed) errors[parameter.name] = parsed.error
    else values[parameter.name] = parsed.value
  }
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, values }
}

/** The server's complaints that name a parameter, by its name ("parameters.region" or "region"). */
export function fieldErrors(
  reason: unknown,
  parameters: readonly ParameterDocument[],
): Record<string, string> {
  if (!(reason instanceof ApiProblem)) return {}
  const names = new Set(parameters.map((parameter) => parameter.name))
  const named = reason.errors.map(
    (error) => [error.field?.replace(/^parameters\./, "") ?? "", error.message] as const,
  )
  return Object.fromEntries(named.filter(([field]) => names.has(field)))
}
