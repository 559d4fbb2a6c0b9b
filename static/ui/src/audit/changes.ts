/** What an entry tells of a change: each field with its value before and after. Pure. */
import { isObject, type Json } from "../shared/data/tableModel"

export interface Change {
  readonly field: string
  /** Null where there was none. */
  readonly before: string | null
  readonly after: string | null
}

const textOf = (value: Json | undefined): string | null => {
  if (value === undefined) return null
  return typeof value === "string" ? value : JSON.stringify(value)
}

/** All fields of both, in the order in which they come; a value that is no object is one field. */
export function changesOf(before: Json, after: Json): readonly Change[] {
  const [was, is] = [fieldsOf(before), fieldsOf(after)]
  const names = new Set([...Object.keys(was), ...Object.keys(is)])
  return [...names].map((field) => ({ field, before: textOf(was[field]), after: textOf(is[field]) }))
}

function fieldsOf(value: Json): { readonly [key: string]: Json } {
  if (value === null) return {}
  return isObject(value) ? value : { value }
}
