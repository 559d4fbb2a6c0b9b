/** Conditions as a tree that people edit: from and to the form in which they are kept. Pure. */

export type Join = "all" | "any" | "none"

export interface Comparison {
  readonly id: string
  readonly path: string
  readonly operator: string
  /** Undefined: none is given. */
  readonly value: unknown
  /** Another attribute that is compared with, instead of a value. */
  readonly valuePath: string | null
}

export interface Group {
  readonly id: string
  readonly join: Join
  readonly children: readonly Condition[]
}

export type Condition = Comparison | Group

/** A condition as policies hold it. */
export type ConditionDocument = Readonly<Record<string, unknown>>

/** What cannot be shown as a tree, and where it stands. */
export class NotACondition extends Error {
  constructor(
    readonly where: string,
    message: string,
  ) {
    super(message)
  }
}

export const isGroup = (condition: Condition): condition is Group => "children" in condition

let made = 0
export const newId = (): string => `c${++made}`

export const newComparison = (path = "", operator = "equals"): Comparison => ({
  id: newId(),
  path,
  operator,
  value: undefined,
  valuePath: null,
})

export const newGroup = (join: Join, children: readonly Condition[]): Group => ({
  id: newId(),
  join,
  children,
})

const JOINS: Readonly<Record<string, Join>> = { and: "all", or: "any" }
const LEAF_KEYS = new Set(["attribute_path", "operator", "value", "value_path"])

/** The tree of a condition; its root is always a group. Throws `NotACondition`. */
export function readCondition(document: unknown): Group {
  if (document === null || document === undefined) return newGroup("all", [])
  const found = read(document, "condition")
  return isGroup(found) ? found : newGroup("all", [found])
}

function read(document: unknown, where: string): Condition {
  if (typeof document !== "object" || document === null || Array.isArray(document))
    throw new NotACondition(where, "a condition is an object with attribute_path, operator and value")
  const tree = document as Record<string, unknown>
  const group = groupOf(tree)
  if (!group) return readComparison(tree, where)
  if (group.kind === "not") return readNot(group.parts, `${where}.${group.key}`)
  if (!Array.isArray(group.parts) || group.parts.length === 0)
    throw new NotACondition(`${where}.${group.key}`, "needs a list of at least one condition")
  const join = JOINS[group.kind] ?? "all"
  return newGroup(join, readAll(group.parts, `${where}.${group.key}`))
}

const readAll = (parts: readonly unknown[], where: string) =>
  parts.map((part, at) => read(part, `${where}[${at}]`))

/** “Not” of one condition, or of an “or” of several: none of them. */
function readNot(parts: unknown, where: string): Group {
  const only: unknown = Array.isArray(parts) && parts.length === 1 ? parts[0] : parts
  const within = Array.isArray(parts) ? `${where}[0]` : where
  const part = read(only, within)
  return isGroup(part) && part.join === "any" && part.children.length > 1
    ? newGroup("none", part.children)
    : newGroup("none", [part])
}

function groupOf(tree: Record<string, unknown>) {
  for (const kind of ["and", "or", "not"]) if (kind in tree) return { kind, key: kind, parts: tree[kind] }
  const kind = tree.operator
  if (kind !== "and" && kind !== "or" && kind !== "not") return null
  const key = kind === "not" && "condition" in tree ? "condition" : "conditions"
  return { kind, key, parts: tree[key] }
}

function readComparison(tree: Record<string, unknown>, where: string): Comparison {
  for (const key of Object.keys(tree))
    if (!LEAF_KEYS.has(key)) throw new NotACondition(`${where}.${key}`, "is not known in a comparison")
  const text = (key: string): string | null => {
    const value = tree[key]
    if (value === undefined || value === null) return null
    if (typeof value !== "string") throw new NotACondition(`${where}.${key}`, "must be a text")
    return value
  }
  return {
    id: newId(),
    path: text("attribute_path") ?? "",
    operator: text("operator") ?? "",
    value: tree.value ?? undefined,
    valuePath: text("value_path"),
  }
}

export interface Written {
  /** Null: it always holds. */
  readonly document: ConditionDocument | null
  /** Where each part stands in the document: `condition.and[0]` leads to its id. */
  readonly places: ReadonlyMap<string, string>
}

/** The condition as policies hold it. A root of one part is that part. */
export function writeCondition(root: Group): Written {
  const places = new Map<string, string>([["condition", root.id]])
  const [only] = root.children
  if (!only) return { document: null, places }
  const isPlain = root.children.length === 1 && root.join !== "none"
  return { document: write(isPlain ? only : root, "condition", places), places }
}

function write(condition: Condition, where: string, places: Map<string, string>): ConditionDocument {
  places.set(where, condition.id)
  if (!isGroup(condition)) return writeComparison(condition)
  const { join, children } = condition
  const [only] = children
  if (join === "none" && only && children.length === 1) {
    const part = write(only, `${where}.not`, places)
    return { not: part }
  }
  const key = join === "all" ? "and" : "or"
  const at = join === "none" ? `${where}.not.${key}` : `${where}.${key}`
  const parts = children.map((child, index) => write(child, `${at}[${index}]`, places))
  return join === "none" ? { not: { [key]: parts } } : { [key]: parts }
}

function writeComparison({ path, operator, value, valuePath }: Comparison): ConditionDocument {
  const document: Record<string, unknown> = {}
  if (path) document.attribute_path = path
  document.operator = operator
  if (valuePath !== null) document.value_path = valuePath
  else if (value !== undefined) document.value = value
  return document
}

/** The part that a place such as `condition.and[0].operator` is about, and what of it; null for another place. */
export function partAt(places: Written["places"], place: string): { id: string; field: string } | null {
  let at = place
  for (;;) {
    const id = places.get(at)
    if (id !== undefined) return { id, field: place.slice(at.length).replace(/^\./, "") }
    const cut = Math.max(at.lastIndexOf("."), at.lastIndexOf("["))
    if (cut < 0) return null
    at = at.slice(0, cut)
  }
}

/** The same conditions, whatever their ids are. */
export const isSame = (a: Group, b: Group): boolean =>
  JSON.stringify(writeCondition(a).document) === JSON.stringify(writeCondition(b).document)
