/** The values that an attribute may have, as a form holds them. Pure. */
import type { FieldErrors } from "../api/fieldErrors"
import type { Attribute } from "./types"

/** One a line; null for none, which is any. Numbers of what holds numbers; the server refuses what is none. */
export function readValues(kind: Attribute["kind"], text: string): (string | number)[] | null {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
  if (lines.length === 0) return null
  const isNumeric = kind === "number" || kind === "list_number"
  return lines.map((line) => (isNumeric && Number.isFinite(Number(line)) ? Number(line) : line))
}

/** What is said of the field or of one of its items, with the number of its line. */
export function firstErrorOf(errors: FieldErrors, field: string): string | undefined {
  if (errors[field]) return errors[field]
  for (const [path, message] of Object.entries(errors)) {
    const line = new RegExp(`^${field}\\.(\\d+)`).exec(path)?.[1]
    if (line !== undefined) return `Line ${Number(line) + 1}: ${message}`
  }
  return undefined
}
