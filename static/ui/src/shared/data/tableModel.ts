/** Any JSON value as something to read: rows and columns where it has them, else keys and values. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type CellType = "text" | "number" | "boolean" | "object" | "records" | "any"

export interface Column {
  readonly key: string
  readonly type: CellType
}

export interface TableModel {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly (Json | undefined)[])[]
}

/** A value inside the outputs that can be shown as a table, and where it stands ("result.rows"). */
export interface Place {
  readonly path: string
  readonly value: Json
  readonly count: number | null
}

export function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** The type that fits every value given; null and missing ones say nothing. */
export function typeOf(values: Iterable<Json | undefined>): CellType {
  let found: CellType | null = null
  for (const value of values) {
    if (value === null || value === undefined) continue
    const type = typeOfOne(value)
    if (found !== null && found !== type) return "any"
    found = type
  }
  return found ?? "any"
}

function typeOfOne(value: Json): CellType {
  if (isList(value)) return "records"
  if (isObject(value)) return "object"
  if (typeof value === "number") return "number"
  return typeof value === "boolean" ? "boolean" : "text"
}

const SAMPLE = 200

function tableOfRecords(records: readonly { readonly [key: string]: Json }[]): TableModel {
  const keys = new Set<string>()
  for (const record of records) for (const key of Object.keys(record)) keys.add(key)
  const columns = [...keys].map((key) => ({
    key,
    type: typeOf(records.slice(0, SAMPLE).map((record) => record[key])),
  }))
  return { columns, rows: records.map((record) => columns.map((column) => record[column.key])) }
}

/** Rows and columns for a value: a list of records by their keys, an object as key and value, the rest as one column. */
export function toTable(value: Json): TableModel {
  if (isList(value)) {
    if (value.length > 0 && value.every(isObject)) return tableOfRecords(value)
    return { columns: [{ key: "value", type: typeOf(value) }], rows: value.map((item) => [item]) }
  }
  if (isObject(value)) {
    const entries = Object.entries(value)
    return {
      columns: [
        { key: "key", type: "text" },
        { key: "value", type: typeOf(entries.map(([, item]) => item)) },
      ],
      rows: entries,
    }
  }
  return { columns: [{ key: "value", type: typeOf([value]) }], rows: [[value]] }
}

/** Where the cells of a value's table stand in the value; null for a cell that only names a key. */
export function cellPlaces(
  value: Json,
): (row: number, column: Column, at: number) => readonly string[] | null {
  if (isList(value)) {
    const ofRecords = value.length > 0 && value.every(isObject)
    return (row, column) => (ofRecords ? [String(row), column.key] : [String(row)])
  }
  if (isObject(value)) {
    const keys = Object.keys(value)
    return (row, _, at) => (at === 1 ? [keys[row] ?? ""] : null)
  }
  return () => []
}

const MAX_PLACES = 40

function joined(path: string, key: string): string {
  return path ? `${path}.${key}` : key
}

/** The ports and the lists of records inside them, breadth first: what a person may want to see as a table. */
export function places(outputs: Json): readonly Place[] {
  if (!isObject(outputs))
    return [{ path: "", value: outputs, count: isList(outputs) ? outputs.length : null }]
  const found: Place[] = []
  let level: [string, Json, number][] = Object.entries(outputs).map(([key, value]) => [key, value, 0])
  while (level.length > 0 && found.length < MAX_PLACES) {
    const deeper: [string, Json, number][] = []
    for (const [path, value, depth] of level) {
      const listed = isList(value)
      if (depth === 0 || listed) found.push({ path, value, count: listed ? value.length : null })
      if (isObject(value) && depth < 3) {
        for (const [key, item] of Object.entries(value)) deeper.push([joined(path, key), item, depth + 1])
      }
    }
    level = deeper
  }
  return found.slice(0, MAX_PLACES)
}

const ENOUGH_ROWS = 6

/** The place to open first: a port that is a list, else the longest list of records worth a table, else the first port. */
export function firstPlace(all: readonly Place[]): Place | null {
  const lists = all.filter(
    ({ value, path }) =>
      isList(value) && value.some(isObject) && (!path.includes(".") || value.length >= ENOUGH_ROWS),
  )
  const best = lists.reduce<Place | null>((a, b) => (a && (a.count ?? 0) >= (b.count ?? 0) ? a : b), null)
  return best ?? all[0] ?? null
}

/** A cell's text, short: objects and lists by their size. */
export function cellText(value: Json | undefined): string {
  if (value === undefined) return ""
  if (value === null) return "null"
  if (isList(value)) return value.length === 1 ? "1 item" : `${value.length} items`
  if (isObject(value)) {
    const keys = Object.keys(value)
    const shown = keys.slice(0, 3).join(", ")
    return keys.length > 3 ? `{${shown}, +${keys.length - 3}}` : `{${shown}}`
  }
  return String(value)
}

export interface SchemaLine {
  readonly path: string
  readonly depth: number
  readonly name: string
  readonly types: readonly string[]
  /** In how many of the list's records it occurs, when it is not in all. */
  readonly present: { readonly in: number; readonly of: number } | null
}

const MAX_SCHEMA_LINES = 300

function typeName(value: Json): string {
  if (value === null) return "null"
  if (isList(value)) return "list"
  if (isObject(value)) return "object"
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number"
  return typeof value === "boolean" ? "boolean" : "text"
}

function describe(
  values: readonly Json[],
  name: string,
  path: string,
  depth: number,
  of: number,
  out: SchemaLine[],
) {
  if (out.length >= MAX_SCHEMA_LINES) return
  const types = new Set(values.map(typeName))
  if (types.has("number")) types.delete("integer")
  const present = values.length < of ? { in: values.length, of } : null
  out.push({ path, depth, name, types: [...types], present })
  const items = values.filter(isList).flat().slice(0, 2_000)
  if (items.length > 0 && items.some((item) => isObject(item) || isList(item))) {
    describeFields(items.filter(isObject), joined(path, "*"), depth + 1, out)
  }
  describeFields(values.filter(isObject), path, depth + 1, out)
}

function describeFields(
  records: readonly { readonly [key: string]: Json }[],
  path: string,
  depth: number,
  out: SchemaLine[],
) {
  const keys = new Set(records.flatMap((record) => Object.keys(record)))
  for (const key of keys) {
    const values = records.map((record) => record[key]).filter((value) => value !== undefined)
    describe(values, key, joined(path, key), depth, records.length, out)
  }
}

/** The shape of a value, one line a field, read off the value itself. */
export function schemaLines(outputs: Json): readonly SchemaLine[] {
  const out: SchemaLine[] = []
  if (isObject(outputs)) describeFields([outputs], "", 0, out)
  else describe([outputs], "value", "", 0, 1, out)
  return out
}
