/** A workflow's parameter as its form shows it. Pure. */
import type { ParameterDocument } from "../api/types"

export const TYPES = [
  { value: "string", label: "Text" },
  { value: "number", label: "Number" },
  { value: "integer", label: "Whole number" },
  { value: "boolean", label: "Yes or no" },
] as const

export type ParameterType = (typeof TYPES)[number]["value"]

export function typeOfParameter({ schema }: ParameterDocument): ParameterType {
  return TYPES.find(({ value }) => value === schema?.type)?.value ?? "string"
}

export function defaultText(parameter: ParameterDocument): string {
  const value = parameter.default
  if (value === undefined || value === null) return ""
  return typeof value === "string" ? value : JSON.stringify(value)
}

/** A default's text as a value of the type; undefined when there is none, or none that fits. */
export function parseDefault(text: string, type: ParameterType): unknown {
  const trimmed = text.trim()
  if (!trimmed) return undefined
  if (type === "string") return text
  if (type === "boolean") return trimmed === "true" ? true : trimmed === "false" ? false : undefined
  const value = Number(trimmed)
  if (!Number.isFinite(value) || (type === "integer" && !Number.isInteger(value))) return undefined
  return value
}
