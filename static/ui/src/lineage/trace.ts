/** Which columns a column comes from, and which come from it. Pure. */
import type { GraphEdge, LineageGraph } from "./types"

/** A column of a card; null for all of the card. */
export interface At {
  readonly node: string
  readonly column: string | null
}

export const keyOf = ({ node, column }: At): string => `${node}\n${column ?? ""}`

const fromOf = (edge: GraphEdge): At => ({ node: edge.from, column: edge.from_column })
const toOf = (edge: GraphEdge): At => ({ node: edge.to, column: edge.to_column })

export interface Trace {
  /** Of the columns on the way, by `keyOf`. */
  readonly places: ReadonlySet<string>
  /** Of the edges on the way, by their place in the graph. */
  readonly edges: ReadonlySet<number>
}

/** All that what is chosen is made from, and all that is made from it. Of a whole card: through any of its columns. */
export function traceOf({ edges }: LineageGraph, chosen: At): Trace {
  const places = new Set<string>()
  const hot = new Set<number>()
  for (const end of [
    { near: toOf, far: fromOf },
    { near: fromOf, far: toOf },
  ]) {
    const byNear = new Map<string, number[]>()
    for (const [at, edge] of edges.entries()) {
      const near = end.near(edge)
      for (const key of new Set([keyOf(near), near.node])) byNear.set(key, [...(byNear.get(key) ?? []), at])
    }
    const open = [chosen.column === null ? chosen.node : keyOf(chosen)]
    const seen = new Set(open)
    for (let key = open.pop(); key !== undefined; key = open.pop()) {
      for (const at of byNear.get(key) ?? []) {
        const edge = edges[at]
        if (!edge) continue
        hot.add(at)
        const next = keyOf(end.far(edge))
        if (!seen.has(next)) {
          seen.add(next)
          open.push(next)
        }
      }
    }
  }
  for (const at of hot) {
    const edge = edges[at]
    if (edge) places.add(keyOf(fromOf(edge))).add(keyOf(toOf(edge)))
  }
  places.add(keyOf(chosen))
  return { places, edges: hot }
}

/** What is directly before and behind a column, or a whole card. */
export function around({ edges }: LineageGraph, chosen: At): { before: GraphEdge[]; behind: GraphEdge[] } {
  const is = (at: At) => at.node === chosen.node && (chosen.column === null || at.column === chosen.column)
  return {
    before: edges.filter((edge) => is(toOf(edge))),
    behind: edges.filter((edge) => is(fromOf(edge))),
  }
}

/** Of each place that has wires: “, from 2, to 3”, for who can't see them. By `keyOf`. */
export function wireCounts({ edges }: LineageGraph): ReadonlyMap<string, string> {
  const counts = new Map<string, { from: number; to: number }>()
  const add = (at: At, end: "from" | "to") => {
    const known = counts.get(keyOf(at)) ?? { from: 0, to: 0 }
    counts.set(keyOf(at), { ...known, [end]: known[end] + 1 })
  }
  for (const edge of edges) {
    add(toOf(edge), "from")
    add(fromOf(edge), "to")
  }
  return new Map([...counts].map(([key, { from, to }]) => [key, `, made from ${from}, feeds ${to}`]))
}
