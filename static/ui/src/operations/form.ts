/** The form of a workflow's limits: texts while they are typed, values when they are sent. Pure. */
import type { Operations } from "./api"

export type Name = keyof Operations
export type Texts = Readonly<Record<Name, string>>

const NUMBERS = ["keep_days", "keep_runs", "max_stored_mb", "max_running", "max_running_per_key"] as const
/** The least that makes sense; 0 days keep runs for ever, and 0 MiB set no limit. */
const LEAST: Record<(typeof NUMBERS)[number], number> = {
  keep_days: 0,
  keep_runs: 1,
  max_stored_mb: 0,
  max_running: 1,
  max_running_per_key: 1,
}

export function textsOf(operations: Operations): Texts {
  const number = (value: number | null) => (value === null ? "" : String(value))
  return {
    keep_days: number(operations.keep_days),
    keep_runs: number(operations.keep_runs),
    max_stored_mb: number(operations.max_stored_mb),
    max_running: number(operations.max_running),
    max_running_per_key: number(operations.max_running_per_key),
    concurrency_key: operations.concurrency_key,
  }
}

export type Parsed =
  { ok: true; changes: Partial<Operations> } | { ok: false; errors: Partial<Record<Name, string>> }

/** What was changed, or what is wrong with each field. */
export function parse(texts: Texts, before: Operations): Parsed {
  const changes: Record<string, unknown> = {}
  const errors: Partial<Record<Name, string>> = {}
  for (const name of NUMBERS) {
    const text = texts[name].trim()
    const value = text === "" ? null : Number(text)
    if (value !== null && !Number.isInteger(value)) errors[name] = "Enter a whole number, or nothing."
    else if (value !== null && value < LEAST[name]) errors[name] = `At least ${LEAST[name]}.`
    else if (value !== before[name]) changes[name] = value
  }
  const key = texts.concurrency_key.trim()
  if (key !== before.concurrency_key) changes.concurrency_key = key
  if (Object.keys(errors).length > 0) return { ok: false, errors }
  return { ok: true, changes }
}
