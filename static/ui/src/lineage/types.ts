/** Lineage as the API tells it. */

export type Tier = "exact" | "inferred" | "unknown"
export type Direction = "up" | "down" | "both"

export interface GraphColumn {
  name: string
  type: string
  /** How it is masked for the reader; null where it is not. */
  masked: string | null
}

export interface GraphNode {
  id: string
  kind: "dataset" | "step"
  name: string
  detail: string
  /** In words: “PostgreSQL”, “CSV”. */
  system: string
  /** Of a step: as its node type has them. */
  icon: string | null
  category: string | null
  workflow: { id: string; name: string } | null
  step: string | null
  version: number | null
  classification: string
  columns: GraphColumn[]
}

export interface GraphEdge {
  from: string
  from_column: string | null
  to: string
  to_column: string | null
  tier: Tier
  how: string
}

export interface LineageGraph {
  focus: { id: string; column: string | null } | null
  nodes: GraphNode[]
  edges: GraphEdge[]
  truncated: boolean
}

export interface DatasetItem {
  id: string
  name: string
  namespace: string
  kind: string
  classification: string
  columns: { name: string; type: string }[]
  last_run: { id: string; number: number } | null
  last_at: string | null
}

export interface Seen {
  who: string
  people: number
  masked: boolean
  count: number
}

export interface ColumnFacts {
  name: string
  dataset: { id: string; name: string }
  classification: string
  made: { from: string; column: string | null; tier: Tier; how: string }[]
  feeds: number
  depends_on: number
  seen?: Seen[]
  impact: { workflows: { id: string; name: string }[]; datasets: number; masks: number }
  runs: number
}

export interface Moment {
  run: { id: string; number: number }
  workflow: { id: string; name: string }
  at: string
  direction: "read" | "write" | "both"
}
