/** Steps as text on the system's clipboard: a graph document with only what was chosen. Pure. */
import type { ConnectionDocument, GraphDocument, NodeDocument } from "../api/types"
import { parentsOf, withBodies } from "../canvas/scopes"

export interface Clip {
  nodes: NodeDocument[]
  connections: ConnectionDocument[]
}

/** These steps, frames with what lies inside, and the connections among them. */
export function clipOf(graph: GraphDocument, ids: ReadonlySet<string>): Clip {
  const all = withBodies(ids, parentsOf(graph.nodes))
  return {
    nodes: graph.nodes.filter((node) => all.has(node.id)),
    connections: graph.connections.filter((item) => all.has(item.source) && all.has(item.target)),
  }
}

export const clipText = (clip: Clip): string => JSON.stringify({ schema: 1, ...clip }, null, 2)

export type ParsedClip = { clip: Clip } | { error: string }

const MAX_TEXT = 10 * 1024 * 1024

/** What a pasted text holds, or why it can't be used. Never throws, whatever is on the clipboard. */
export function parseClip(text: string): ParsedClip {
  if (text.length > MAX_TEXT)
    return { error: "The clipboard holds more than 10 MB. Import it as a file instead." }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { error: "The clipboard holds no steps. Copy some on a canvas, or a workflow's JSON." }
  }
  if (!isRecord(value)) return { error: "The clipboard's JSON is not a workflow." }
  const document = isRecord(value.graph) ? value.graph : value
  if (!Array.isArray(document.nodes)) return { error: "The clipboard's JSON has no list “nodes”." }
  const nodes: NodeDocument[] = []
  for (const [at, item] of document.nodes.entries()) {
    const node = readNode(item)
    if (!node) return { error: `Step ${at + 1} of the clipboard needs a text “id” and a text “type”.` }
    nodes.push(node)
  }
  if (nodes.length === 0) return { error: "The clipboard's JSON has no steps." }
  const connections = Array.isArray(document.connections)
    ? document.connections.flatMap((item) => readConnection(item))
    : []
  return { clip: { nodes, connections } }
}

function readNode(item: unknown): NodeDocument | null {
  if (!isRecord(item) || typeof item.id !== "string" || typeof item.type !== "string" || !item.id) return null
  const position = isPair(item.position) ? item.position : undefined
  const { parent: _, ...rest } = item
  return {
    ...rest,
    ...(typeof item.parent === "string" && item.parent ? { parent: item.parent } : {}),
    id: item.id,
    type: item.type,
    config: isRecord(item.config) ? item.config : {},
    position,
    label: typeof item.label === "string" ? item.label : "",
  }
}

function readConnection(item: unknown): ConnectionDocument[] {
  if (!isRecord(item)) return []
  const { source, output, target, input } = item
  if (
    typeof source !== "string" ||
    typeof output !== "string" ||
    typeof target !== "string" ||
    typeof input !== "string"
  ) {
    return []
  }
  return [{ source, output, target, input, kind: item.kind === "error" ? "error" : "data" }]
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function isPair(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => Number.isFinite(part))
}
