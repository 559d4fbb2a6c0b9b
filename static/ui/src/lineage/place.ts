/** What the lineage page shows, as its address says it. Pure. */
import type { Direction } from "./types"

export const REACHES = [1, 2, 4, 6, 10] as const

export interface LineagePlace {
  /** What of the list is kept, while no graph is open. */
  readonly search: string
  /** The dataset that the graph is drawn around; or a workflow. */
  readonly dataset: string | null
  readonly workflow: string | null
  readonly column: string | null
  readonly direction: Direction
  /** How many steps far. */
  readonly depth: number
  /** As of this run. */
  readonly run: string | null
  /** What is looked at beside the graph: a card of it, and one of its columns. */
  readonly node: string | null
  readonly field: string | null
}

export const DEFAULT_DEPTH = 6
const DIRECTIONS: readonly Direction[] = ["up", "both", "down"]

export function readPlace(search: string): LineagePlace {
  const found = new URLSearchParams(search)
  const depth = Number(found.get("depth"))
  return {
    search: found.get("search") ?? "",
    dataset: found.get("dataset"),
    workflow: found.get("workflow"),
    column: found.get("column"),
    direction: DIRECTIONS.find((one) => one === found.get("direction")) ?? "both",
    depth: Number.isInteger(depth) && depth >= 1 && depth <= 10 ? depth : DEFAULT_DEPTH,
    run: found.get("run"),
    node: found.get("node"),
    field: found.get("field"),
  }
}

export function lineagePath(place: Partial<LineagePlace>): string {
  const { direction = "both", depth = DEFAULT_DEPTH, ...texts } = place
  const parameters = new URLSearchParams()
  for (const key of ["search", "dataset", "workflow", "column"] as const) {
    const value = texts[key]?.trim()
    if (value) parameters.set(key, value)
  }
  if (direction !== "both") parameters.set("direction", direction)
  if (depth !== DEFAULT_DEPTH) parameters.set("depth", String(depth))
  for (const key of ["run", "node", "field"] as const) {
    const value = texts[key]
    if (value) parameters.set(key, value)
  }
  const text = parameters.toString()
  return text ? `/lineage?${text}` : "/lineage"
}
