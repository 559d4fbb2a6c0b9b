import { isList, isObject, type Json } from "./tableModel"

/** A JSON value as lines of a tree that opens and closes. Pure; the component only draws them. */
export interface JsonLine {
  readonly path: string
  readonly depth: number
  /** The key or index in front of the value; null for the outermost value. */
  readonly key: string | null
  readonly kind: "list" | "object" | "text" | "number" | "boolean" | "null" | "more"
  readonly text: string
  /** Whether it can be opened, and whether it is. */
  readonly open: boolean | null
}

const CHILDREN_AT_ONCE = 100
const OPEN_BY_DEFAULT = 20

function size(value: Json): number {
  if (isList(value)) return value.length
  return isObject(value) ? Object.keys(value).length : 0
}

/** Small values near the top are open from the start. */
function opensByItself(value: Json, depth: number): boolean {
  return depth === 0 || (depth < 3 && size(value) <= OPEN_BY_DEFAULT)
}

function summary(value: Json): string {
  const count = size(value)
  if (isList(value)) return count === 1 ? "[1 item]" : `[${count} items]`
  return count === 1 ? "{1 key}" : `{${count} keys}`
}

function scalar(value: Json): Pick<JsonLine, "kind" | "text"> {
  if (value === null) return { kind: "null", text: "null" }
  if (typeof value === "string") return { kind: "text", text: JSON.stringify(value) }
  if (typeof value === "number") return { kind: "number", text: String(value) }
  return { kind: "boolean", text: String(value) }
}

/**
 * The lines to draw. `turned` holds the paths that a person opened or closed against the default,
 * `more` how many further portions of a long list they asked for.
 */
export function jsonLines(
  value: Json,
  turned: ReadonlySet<string> = new Set(),
  more: ReadonlyMap<string, number> = new Map(),
): readonly JsonLine[] {
  const lines: JsonLine[] = []
  const draw = (item: Json, path: string, key: string | null, depth: number) => {
    if (!isList(item) && !isObject(item)) {
      lines.push({ path, depth, key, ...scalar(item), open: null })
      return
    }
    const empty = size(item) === 0
    const open = !empty && opensByItself(item, depth) !== turned.has(path)
    const kind = isList(item) ? "list" : "object"
    const text = empty ? (kind === "list" ? "[]" : "{}") : summary(item)
    lines.push({ path, depth, key, kind, text, open: empty ? null : open })
    if (!open) return
    const entries: readonly (readonly [string, Json])[] = isList(item)
      ? item.map((child, index) => [String(index), child] as const)
      : Object.entries(item)
    const shown = CHILDREN_AT_ONCE * (1 + (more.get(path) ?? 0))
    for (const [name, child] of entries.slice(0, shown)) draw(child, `${path}/${name}`, name, depth + 1)
    if (entries.length > shown) {
      const rest = entries.length - shown
      lines.push({ path, depth: depth + 1, key: null, kind: "more", text: `${rest} more`, open: null })
    }
  }
  draw(value, "", null, 0)
  return lines
}
