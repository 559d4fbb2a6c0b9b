/** What a person does to a graph, each as graph in, graph out. Pure: the store adds history, the canvas draws. */
import type {
  ConnectionDocument,
  GraphDocument,
  NodeAccess,
  NodeDocument,
  NodeOptions,
  NodeType,
  ParameterDocument,
} from "../api/types"
import { snap, type Point } from "../canvas/geometry"
import { parentsOf, withBodies } from "../canvas/scopes"
import { connectionId } from "../shared/mapping"
import { identifier } from "../shared/names"

export type Command = (graph: GraphDocument) => GraphDocument

export const EMPTY_GRAPH: GraphDocument = { schema: 1, parameters: [], nodes: [], connections: [] }

/** A free id that says what the step is: `http_request`, `http_request_2`. */
export function freshId(taken: ReadonlySet<string>, base: string): string {
  const stem = identifier(base)
  if (!taken.has(stem)) return stem
  for (let at = 2; ; at++) if (!taken.has(`${stem}_${at}`)) return `${stem}_${at}`
}

export const idsOf = (graph: GraphDocument): Set<string> => new Set(graph.nodes.map((node) => node.id))

export function newNode(
  graph: GraphDocument,
  type: NodeType,
  at: Point,
  parent: string | null = null,
): NodeDocument {
  return {
    id: freshId(idsOf(graph), type.label),
    type: type.type,
    type_version: type.version,
    config: {},
    position: [snap(at.x), snap(at.y)],
    label: "",
    ...(parent === null ? {} : { parent }),
  }
}

export const addNodes =
  (nodes: readonly NodeDocument[], connections: readonly ConnectionDocument[] = []): Command =>
  (graph) => ({
    ...graph,
    nodes: [...graph.nodes, ...nodes],
    connections: [...graph.connections, ...connections],
  })

/** A frame goes with all that lies inside. */
export const removeItems =
  (nodeIds: ReadonlySet<string>, connectionIds: ReadonlySet<string>): Command =>
  (graph) => {
    const gone = withBodies(nodeIds, parentsOf(graph.nodes))
    return {
      ...graph,
      nodes: graph.nodes.filter((node) => !gone.has(node.id)),
      connections: graph.connections.filter(
        (item) => !gone.has(item.source) && !gone.has(item.target) && !connectionIds.has(connectionId(item)),
      ),
    }
  }

export const moveNodes =
  (positions: ReadonlyMap<string, readonly [number, number]>): Command =>
  (graph) => ({
    ...graph,
    nodes: graph.nodes.map((node) => {
      const to = positions.get(node.id)
      return to ? { ...node, position: [Math.round(to[0]), Math.round(to[1])] } : node
    }),
  })

/** Moves by the same way, as the arrow keys do; frames with what lies inside. */
export const nudge =
  (ids: ReadonlySet<string>, dx: number, dy: number): Command =>
  (graph) => {
    const moved = withBodies(ids, parentsOf(graph.nodes))
    return {
      ...graph,
      nodes: graph.nodes.map((node) => {
        if (!moved.has(node.id)) return node
        const [x, y] = node.position ?? [0, 0]
        return { ...node, position: [x + dx, y + dy] }
      }),
    }
  }

/** A wire. What was on the input before makes way, unless the input takes several. */
export const connect =
  (connection: ConnectionDocument, multiple = false): Command =>
  (graph) => {
    const id = connectionId(connection)
    const kept = graph.connections.filter((item) => {
      if (connectionId(item) === id) return false
      return multiple || item.target !== connection.target || item.input !== connection.input
    })
    return { ...graph, connections: [...kept, connection] }
  }

export const replaceConnection =
  (id: string, next: ConnectionDocument): Command =>
  (graph) => ({
    ...graph,
    connections: graph.connections.map((item) => (connectionId(item) === id ? next : item)),
  })

export const updateNode =
  (id: string, change: (node: NodeDocument) => NodeDocument): Command =>
  (graph) => ({ ...graph, nodes: graph.nodes.map((node) => (node.id === id ? change(node) : node)) })

/** `undefined` takes the key away, so that the type's default holds. */
export const setConfig = (id: string, key: string, value: unknown): Command =>
  updateNode(id, (node) => ({ ...node, config: withKey(node.config ?? {}, key, value) }))

export const setOption = (id: string, key: keyof NodeOptions & string, value: unknown): Command =>
  updateNode(id, (node) => ({ ...node, options: withKey(node.options ?? {}, key, value) }))

/** What a step is to the policies: the name they know it by, its level, its tags. */
export const setAccess = (id: string, key: keyof NodeAccess & string, value: unknown): Command =>
  updateNode(id, (node) => ({ ...node, access: withKey(node.access ?? {}, key, value) }))

function withKey<T extends object>(record: T, key: string, value: unknown): T {
  const next = { ...record } as Record<string, unknown>
  if (value === undefined) delete next[key]
  else next[key] = value
  return next as T
}

/** A new id; the wires follow. */
export const renameNode =
  (id: string, next: string): Command =>
  (graph) => ({
    ...graph,
    nodes: graph.nodes.map((node) => {
      if (node.id === id) return { ...node, id: next }
      return node.parent === id ? { ...node, parent: next } : node
    }),
    connections: graph.connections.map((item) => ({
      ...item,
      source: item.source === id ? next : item.source,
      target: item.target === id ? next : item.target,
    })),
  })

export const setParameters =
  (parameters: ParameterDocument[]): Command =>
  (graph) => ({ ...graph, parameters })

/** A runtime parameter of the workflow's runs; `undefined` takes it away, so that the server's default holds. */
export const setSetting =
  (name: string, value: unknown): Command =>
  (graph) => ({ ...graph, settings: withKey(graph.settings ?? {}, name, value) })

const DUPLICATE_BY = 32

/**
 * Copies of steps and of the wires among them, under fresh ids. Copies of a body lie in the copy of their frame;
 * the others stay in the frame that they had, or go into `into` (null: to the top).
 */
export function copiesOf(
  graph: GraphDocument,
  nodes: readonly NodeDocument[],
  connections: readonly ConnectionDocument[],
  offset: Point = { x: DUPLICATE_BY, y: DUPLICATE_BY },
  into?: string | null,
): { nodes: NodeDocument[]; connections: ConnectionDocument[] } {
  const taken = idsOf(graph)
  const renamed = new Map<string, string>()
  const copies = nodes.map((node) => {
    const id = freshId(taken, node.id.replace(/_\d+$/, ""))
    taken.add(id)
    renamed.set(node.id, id)
    const [x, y] = node.position ?? [0, 0]
    return <NodeDocument>{
      ...structuredClone(node),
      id,
      position: [snap(x + offset.x), snap(y + offset.y)] as [number, number],
    }
  })
  for (const copy of copies) {
    const parent = renamed.get(copy.parent ?? "") ?? (into === undefined ? copy.parent : into)
    if (parent) copy.parent = parent
    else delete copy.parent
  }
  const wires = connections.flatMap((item) => {
    const source = renamed.get(item.source)
    const target = renamed.get(item.target)
    return source && target ? [{ ...item, source, target }] : []
  })
  return { nodes: copies, connections: wires }
}
