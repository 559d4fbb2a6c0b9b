/** Lineage in words. Pure. */
import { plural } from "../shared/format"
import type { CellType } from "../shared/data/tableModel"
import type { GlyphName } from "../shared/icons/glyphs"
import type { ColumnFacts, GraphEdge, GraphNode, Tier } from "./types"

/** `exact, from code line 3`; `not known` where nothing is. */
export function madeWords({ tier, how }: { tier: Tier; how: string }): string {
  const word = tier === "unknown" ? "not known" : tier
  return how ? `${word}, ${how}` : word
}

/** “Depends on 3 columns, feeds 3.” */
export function reachWords({ depends_on, feeds }: Pick<ColumnFacts, "depends_on" | "feeds">): string {
  const before = depends_on ? `Depends on ${plural(depends_on, "column")}` : "Depends on nothing"
  return `${before}, feeds ${feeds ? feeds : "nothing"}.`
}

/** “2 workflows, 1 dataset and 1 masking rule read this column.” Null where nothing does. */
export function impactWords({ workflows, datasets, masks }: ColumnFacts["impact"]): string | null {
  const parts = [
    workflows.length && plural(workflows.length, "workflow"),
    datasets && plural(datasets, "dataset"),
    masks && plural(masks, "masking rule"),
  ].filter((part): part is string => Boolean(part))
  if (parts.length === 0) return null
  const total = workflows.length + datasets + masks
  return `${listed(parts)} ${total === 1 ? "reads" : "read"} this column.`
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`
}

/** A wire for who can't see it: “income of crm.customers to income of Validate fields: exact, from code line 3”. */
export function wireWords(edge: GraphEdge, nameOf: (node: string) => string): string {
  const end = (node: string, column: string | null) =>
    column ? `${column} of ${nameOf(node)}` : nameOf(node)
  return `${end(edge.from, edge.from_column)} to ${end(edge.to, edge.to_column)}: ${madeWords(edge)}`
}

/** What types are called elsewhere too. */
const SHAPES: Readonly<Record<string, CellType | "control" | "file">> = {
  string: "text",
  text: "text",
  date: "text",
  datetime: "text",
  timestamp: "text",
  uuid: "text",
  number: "number",
  integer: "number",
  int: "number",
  float: "number",
  double: "number",
  decimal: "number",
  boolean: "control",
  bool: "control",
  object: "object",
  dict: "object",
  records: "records",
  list: "records",
  array: "records",
  file: "file",
}

/** The shape in which values of a type are drawn. */
export const shapeOf = (type: string): string => SHAPES[type.toLowerCase()] ?? "any"

/** How a kind of dataset is marked. */
const KINDS: Readonly<Record<string, GlyphName>> = {
  dataset: "table",
  table: "db",
  file: "file",
  http: "globe",
  port: "arrow",
}

export const glyphOfKind = (kind: string): GlyphName => KINDS[kind] ?? "table"

/** How a card is marked: a step as its node type is, a dataset by what kind of system holds it. */
export function markOf(node: Pick<GraphNode, "kind" | "system" | "icon" | "category">): {
  icon: string
  category: string
} {
  if (node.kind === "step") return { icon: node.icon ?? "code", category: node.category ?? "code" }
  const system = node.system.toLowerCase()
  if (system.includes("http") || system.includes("api")) return { icon: "globe", category: "data" }
  if (system.includes("sql") || system.includes("duckdb")) return { icon: "db", category: "data" }
  return { icon: "table", category: "data" }
}
