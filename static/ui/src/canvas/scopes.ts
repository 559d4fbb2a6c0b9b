/** Which steps lie inside which loop or map, and what that allows. Pure. */
import type { ConnectionDocument, GraphDocument, NodeDocument, NodeType } from "../api/types"

/** The frame that each step lies in. Steps at the top have no entry. */
export type Parents = ReadonlyMap<string, string>

export const NO_PARENTS: Parents = new Map()

export const isSameMap = (a: Parents, b: Parents): boolean =>
  a === b || (a.size === b.size && [...a].every(([id, parent]) => b.get(id) === parent))

/** A loop or a map is drawn as a frame around its body; a sub-workflow is an ordinary box. */
export const isFrame = (type: NodeType | undefined): boolean =>
  type?.container === "loop" || type?.container === "map"

const known = new WeakMap<readonly NodeDocument[], Parents>()

/** Parents that exist. A circle of parents, which a document may bring, is cut open. */
export function parentsOf(nodes: readonly NodeDocument[]): Parents {
  const before = known.get(nodes)
  if (before) return before
  if (!nodes.some((node) => node.parent)) {
    known.set(nodes, NO_PARENTS)
    return NO_PARENTS
  }
  const named = new Map<string, string>()
  const here = new Set(nodes.map((node) => node.id))
  for (const { id, parent } of nodes) if (parent && parent !== id && here.has(parent)) named.set(id, parent)
  for (const id of [...named.keys()]) if (isInCircle(id, named)) named.delete(id)
  const parents = named.size ? named : NO_PARENTS
  known.set(nodes, parents)
  return parents
}

function isInCircle(id: string, parents: Parents): boolean {
  const seen = new Set<string>()
  for (let at = parents.get(id); at !== undefined && !seen.has(at); at = parents.get(at)) {
    if (at === id) return true
    seen.add(at)
  }
  return false
}

/** The frames around a step, innermost first. */
export function around(id: string, parents: Parents): string[] {
  const frames: string[] = []
  for (let at = parents.get(id); at !== undefined; at = parents.get(at)) frames.push(at)
  return frames
}

export function childrenOf(parents: Parents): Map<string, string[]> {
  const children = new Map<string, string[]>()
  for (const [id, parent] of parents) {
    const list = children.get(parent)
    if (list) list.push(id)
    else children.set(parent, [id])
  }
  return children
}

/** These steps and all that lies inside them. */
export function withBodies(ids: Iterable<string>, parents: Parents): Set<string> {
  const all = new Set(ids)
  if (!parents.size) return all
  const children = childrenOf(parents)
  for (const id of all) for (const child of children.get(id) ?? []) all.add(child) // a set visits what it gains
  return all
}

/** Of these steps, those that do not lie inside another of them. */
export function outermost(ids: ReadonlySet<string>, parents: Parents): string[] {
  return [...ids].filter((id) => !around(id, parents).some((frame) => ids.has(frame)))
}

/**
 * Where a connection runs: between two steps side by side, from a frame's inner output to a step inside, from a step
 * inside to its frame's inner input, or across a frame, which nothing may.
 */
export type Place = "beside" | "entry" | "exit" | "across"

export function placeOf(
  { source, target }: Pick<ConnectionDocument, "source" | "target">,
  parents: Parents,
): Place {
  const from = parents.get(source)
  const to = parents.get(target)
  if (to === source) return "entry"
  if (from === target) return "exit"
  return from === to ? "beside" : "across"
}

/** Connections between steps side by side: the only ones that order steps. */
export function besideOnly(
  connections: readonly ConnectionDocument[],
  parents: Parents,
): readonly ConnectionDocument[] {
  if (!parents.size) return connections
  return connections.filter((item) => placeOf(item, parents) === "beside")
}

export interface ScopeEnd {
  node: string
  /** The port lies on the inside of a frame. */
  inner?: boolean
}

/**
 * The frames that a wire goes in through, outermost first: none between ends in one scope. Null where no wire may go;
 * out of a frame only its own outputs lead.
 */
export function wayInto(from: ScopeEnd, to: ScopeEnd, parents: Parents): string[] | null {
  const source = from.inner ? from.node : parents.get(from.node)
  const target = to.inner ? to.node : parents.get(to.node)
  if (source === target) return []
  if (to.inner || from.node === to.node) return null
  const frames = around(to.node, parents)
  const depth = source === undefined ? frames.length : frames.indexOf(source)
  return depth < 0 || (!from.inner && frames.includes(from.node)) ? null : frames.slice(0, depth).reverse()
}

/** Why scopes forbid a wire; null when they don't. */
export function whyAcross(
  from: ScopeEnd,
  to: ScopeEnd,
  parents: Parents,
  titleOf: (id: string) => string,
): string | null {
  if (wayInto(from, to, parents)) return null
  const name = (id: string) => `“${titleOf(id)}”`
  if (from.inner) return `This port is for the steps inside ${name(from.node)}`
  const frame = parents.get(from.node)
  const isDeeper = around(from.node, parents).slice(1).includes(to.node)
  if (to.inner && !isDeeper) return `Only steps inside ${name(to.node)} end here`
  if (frame === undefined) return `${name(from.node)} feeds the steps inside by its inner ports`
  return `${name(from.node)} is inside ${name(frame)}. Its results leave by ${name(frame)}`
}

/** Steps moved into a frame (null: to the top), without the connections that would run differently from there. */
export function movedInto(
  graph: GraphDocument,
  moves: ReadonlyMap<string, string | null>,
): { graph: GraphDocument; cut: ConnectionDocument[] } {
  const before = parentsOf(graph.nodes)
  const nodes = graph.nodes.map((node) => {
    const parent = moves.get(node.id)
    return parent === undefined || parent === (node.parent ?? null) ? node : { ...node, parent }
  })
  const after = parentsOf(nodes)
  const cut = graph.connections.filter((item) => {
    const was = placeOf(item, before)
    return was !== "across" && was !== placeOf(item, after)
  })
  const gone = new Set(cut)
  return { graph: { ...graph, nodes, connections: graph.connections.filter((item) => !gone.has(item)) }, cut }
}
