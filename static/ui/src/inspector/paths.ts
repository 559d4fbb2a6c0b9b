/** Dotted paths into a value, for the picker of a wire. Pure. */

const MAX_PATHS = 200
const MAX_DEPTH = 5

/** All paths that lead into a value, shortest first: `result`, `result.data`, `result.data.0`. */
export function pathsInto(value: unknown, root: string): string[] {
  const found: string[] = []
  let level: [string, unknown][] = [[root, value]]
  for (let depth = 0; depth < MAX_DEPTH && level.length && found.length < MAX_PATHS; depth++) {
    const next: [string, unknown][] = []
    for (const [path, here] of level) {
      found.push(path)
      for (const [key, child] of childrenOf(here)) next.push([`${path}.${key}`, child])
    }
    level = next
  }
  return found.slice(0, MAX_PATHS)
}

function childrenOf(value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return value.length ? [["0", value[0]]] : []
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).filter(([key]) => key && !key.includes("."))
}

/** What a path leads to; undefined where it leads nowhere. */
export function valueAt(value: unknown, path: string): unknown {
  let here = value
  for (const part of path.split(".")) {
    if (typeof here !== "object" || here === null) return undefined
    here = (here as Record<string, unknown>)[part]
  }
  return here
}

/** A value in a few characters: `12500`, `"medium"`, `9 rows`, `{3 keys}`. */
export function brief(value: unknown): string {
  if (value === undefined) return ""
  if (Array.isArray(value)) return value.length === 1 ? "1 row" : `${value.length.toLocaleString("en")} rows`
  if (typeof value === "object" && value !== null) {
    const keys = Object.keys(value).length
    return keys === 1 ? "1 key" : `${keys} keys`
  }
  const text = JSON.stringify(value)
  return text.length > 28 ? `${text.slice(0, 27)}…` : text
}

/** The kind a value has as a port. */
export function portTypeOf(value: unknown): "records" | "object" | "text" | "number" | "control" | "any" {
  if (Array.isArray(value)) return "records"
  if (typeof value === "object" && value !== null) return "object"
  if (typeof value === "string") return "text"
  if (typeof value === "number") return "number"
  return typeof value === "boolean" ? "control" : "any"
}
