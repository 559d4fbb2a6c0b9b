/** What a run of a part would take over and what it would run again, told before it starts. Pure. */
import type { ConnectionDocument, GraphDocument, NodeDocument, RerunMode } from "../api/types"
import { flowOrder } from "../editor/flowOrder"
import type { Status } from "../shared/status"

type PlanGraph = Pick<GraphDocument, "nodes" | "connections">

export interface RerunPlan {
  /** Top-level nodes, in the order of the flow. */
  readonly again: readonly string[]
  readonly copied: readonly string[]
  /** Their results are needed, but there is none that fits: the node is new, has changed, or never succeeded. */
  readonly missing: readonly string[]
}

interface Asked {
  mode: RerunMode
  node: string | null
  /** The graph that ran, and the one that is to run. */
  before: PlanGraph
  after: PlanGraph
  /** How each node of the earlier run ended. */
  statusOf: (node: string) => Status | undefined
}

/** Such an end can be taken over. */
const ENDED: ReadonlySet<Status> = new Set(["succeeded", "failed", "skipped"])

export function planRerun({ mode, node, before, after, statusOf }: Asked): RerunPlan {
  const top = flowOrder(after)
    .filter((one) => !one.parent)
    .map((one) => one.id)
  if (mode === "full") return { again: top, copied: [], missing: [] }
  const unchanged = sameLogic(before, after)
  const fits = (id: string) => unchanged(id) && ENDED.has(statusOf(id) ?? "pending")
  if (mode === "failed") {
    const copied = top.filter((id) => unchanged(id) && statusOf(id) === "succeeded")
    return { again: top.filter((id) => !copied.includes(id)), copied, missing: [] }
  }
  const chosen = chosenBy(mode, node ?? "", top, after)
  const pinned = new Set(after.nodes.filter((one) => one.options?.pin != null).map((one) => one.id))
  const needed = new Set(
    mode === "to_node"
      ? []
      : after.connections
          .filter(({ source, target }) => chosen.has(target) && !chosen.has(source) && !pinned.has(target))
          .map(({ source }) => source),
  )
  const borrowed = top.filter((id) => needed.has(id))
  return {
    again: top.filter((id) => chosen.has(id)),
    copied: borrowed.filter((id) => pinned.has(id) || fits(id)),
    missing: borrowed.filter((id) => !pinned.has(id) && !fits(id)),
  }
}

function chosenBy(mode: RerunMode, node: string, top: readonly string[], graph: PlanGraph): Set<string> {
  const outside = new Set(top)
  const chosen = new Set(outside.has(node) ? [node] : [])
  if (mode === "single") return chosen
  for (const id of chosen) {
    for (const { source, target } of graph.connections) {
      const [from, to] = mode === "from_node" ? [source, target] : [target, source]
      if (from === id && outside.has(to)) chosen.add(to)
    }
  }
  return chosen
}

/** Whether a node's type, settings, options and incoming wires, and all that lies inside it, are the same in both. */
function sameLogic(before: PlanGraph, after: PlanGraph): (id: string) => boolean {
  if (before === after) return () => true
  const told = describe(before)
  const now = describe(after)
  return (id) => told(id) !== null && told(id) === now(id)
}

function describe({ nodes, connections }: PlanGraph): (id: string) => string | null {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const inside = new Map<string, NodeDocument[]>()
  for (const node of nodes)
    if (node.parent) inside.set(node.parent, [...(inside.get(node.parent) ?? []), node])
  const wiresInto = new Map<string, ConnectionDocument[]>()
  for (const wire of connections) wiresInto.set(wire.target, [...(wiresInto.get(wire.target) ?? []), wire])
  const text = (id: string): string | null => {
    const node = byId.get(id)
    if (!node) return null
    const wires = (wiresInto.get(id) ?? []).map((wire) => stable({ ...wire })).sort()
    const body = (inside.get(id) ?? []).map((one) => one.id).sort()
    return stable([node.type, node.config ?? {}, node.options ?? {}, wires, body.map(text)])
  }
  return text
}

/** JSON with sorted keys. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
