/** The value of a comparison: which field it needs, and from and to what people type. Pure. */
import type { Comparison } from "./condition"
import { operatorFacts, pathFacts, type Kind, type Vocabulary } from "./vocabulary"

export type ValueShape =
  | { readonly is: "none" }
  | { readonly is: "text" | "number" | "moment" | "level" | "role" | "truth" | "minutes" | "pattern" }
  | { readonly is: "choice"; readonly choices: readonly string[] }
  | { readonly is: "list"; readonly of: "text" | "number"; readonly choices: readonly string[] }
  | { readonly is: "pair"; readonly of: "number" | "moment" | "time" | "date" }
  | { readonly is: "weekdays" }

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const

/** The field that a comparison needs for its value. */
export function shapeOf(words: Vocabulary, { path, operator }: Comparison): ValueShape {
  const takes = operatorFacts(words, operator)?.takes ?? "scalar"
  const facts = pathFacts(words, path)
  const choices = (facts?.allowed ?? []).map(String)
  const kind = facts?.kind ?? null
  if (takes === "none") return { is: "none" }
  if (takes === "level" || (takes === "scalar" && kind === "level")) return { is: "level" }
  if (takes === "pattern") return { is: "pattern" }
  if (takes === "weekdays") return { is: "weekdays" }
  if (takes === "times") return { is: "pair", of: "time" }
  if (takes === "dates") return { is: "pair", of: "date" }
  if (takes === "range") return { is: "pair", of: kind === "datetime" ? "moment" : "number" }
  if (takes === "networks") return { is: "list", of: "text", choices: [] }
  if (takes === "list")
    return { is: "list", of: isNumber(kind) ? "number" : "text", choices: listed(words, kind, choices) }
  if (operator === "has_role") return { is: "role" }
  if (operator === "mfa_within") return { is: "minutes" }
  if (kind === "boolean") return { is: "truth" }
  if (takes === "number") return { is: kind === "datetime" ? "moment" : "number" }
  if (kind === "datetime") return { is: "moment" }
  if (isNumber(kind)) return { is: "number" }
  return choices.length && takes === "scalar" ? { is: "choice", choices } : { is: "text" }
}

const isNumber = (kind: Kind | null) => kind === "number" || kind === "list_number"

const listed = (words: Vocabulary, kind: Kind | null, choices: readonly string[]) =>
  kind === "level" ? words.levels.map(({ key }) => key) : choices

/** What was typed as a number; a text that is none stays a text, and the check says so. */
export function numberOr(text: string): number | string | undefined {
  const trimmed = text.trim()
  if (trimmed === "") return undefined
  const read = Number(trimmed)
  return Number.isFinite(read) ? read : trimmed
}

/** From the browser's field for a time, which knows no zone: rules are in UTC. */
export const momentFrom = (local: string): string | undefined =>
  local ? `${local.length === 16 ? `${local}:00` : local}Z` : undefined

/** To the browser's field for a time; empty for what is no time. */
export function localOf(value: unknown): string {
  const at = typeof value === "string" ? new Date(value) : null
  return at && !Number.isNaN(at.getTime()) ? at.toISOString().slice(0, 16) : ""
}

export const textOf = (value: unknown): string =>
  value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value)

export const itemsOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]

/** One end of a pair. Nothing is left of a pair of which both ends are empty. */
export function withEnd(value: unknown, end: 0 | 1, typed: unknown): unknown {
  const [low, high] = itemsOf(value)
  const pair = end === 0 ? [typed, high] : [low, typed]
  return pair.every((one) => one === undefined || one === "") ? undefined : pair.map((one) => one ?? "")
}

/** A comparison of another attribute, or by another operator: a value of another shape does not stay. */
export function refit(words: Vocabulary, before: Comparison, after: Comparison): Comparison {
  const was = shapeOf(words, before)
  const is = shapeOf(words, after)
  const keepsPath = operatorFacts(words, after.operator)?.takes_path !== false && is.is !== "none"
  const valuePath = keepsPath ? after.valuePath : null
  if (JSON.stringify(was) === JSON.stringify(is)) return { ...after, valuePath }
  return { ...after, valuePath, value: carried(was, is, before.value) }
}

function carried(was: ValueShape, is: ValueShape, value: unknown): unknown {
  if (value === undefined || is.is === "none") return undefined
  if (is.is === "list" && (was.is === "text" || was.is === "choice" || was.is === "level")) return [value]
  if (was.is === "list" && (is.is === "text" || is.is === "choice")) return itemsOf(value)[0]
  if (was.is === is.is && is.is !== "pair" && is.is !== "list") return value
  return undefined
}
