/** What is to be laid out: one request for each scope, with the bodies of frames nested in them. Pure. */
import type { ConnectionDocument, GraphDocument } from "../api/types"
import { emptyFrame } from "../canvas/frames"
import { CARD_WIDTH } from "../canvas/layout"
import type { StepNode } from "../canvas/flow"
import { outermost, parentsOf, withBodies } from "../canvas/scopes"
import type { TidyNode, TidyRequest } from "./tidy"

/** All steps, or those selected when there are several: a single frame selected means its body. */
export function tidyRequests(
  graph: GraphDocument,
  flow: readonly StepNode[],
  selected: ReadonlySet<string>,
): TidyRequest[] {
  const parents = parentsOf(graph.nodes)
  const [only] = selected
  const inFrame = selected.size === 1 && flow.some((node) => node.id === only && node.type === "frame")
  const wanted = selected.size > 1 ? selected : new Set(flow.map((node) => node.id))
  const chosen = inFrame ? withBodies([only ?? ""], parents) : withBodies(wanted, parents)
  if (inFrame) chosen.delete(only ?? "")
  const byScope = new Map<string | undefined, string[]>()
  for (const id of outermost(chosen, parents)) {
    const scope = parents.get(id)
    byScope.set(scope, [...(byScope.get(scope) ?? []), id])
  }
  const steps = new Map(flow.map((node) => [node.id, node]))
  const members = new Map<string, string[]>()
  for (const [id, frame] of parents) members.set(frame, [...(members.get(frame) ?? []), id])

  const bodyOf = (ids: readonly string[]): Pick<TidyRequest, "nodes" | "wires"> => ({
    nodes: ids.flatMap((id): TidyNode[] => {
      const step = steps.get(id)
      if (!step) return []
      const { width = CARD_WIDTH, height = 72 } = step
      if (step.type !== "frame") return [{ id, width, height }]
      const least = emptyFrame({ x: 0, y: 0 }, step.data.ports)
      return [{ id, width: least.width, height: least.height, body: bodyOf(members.get(id) ?? []) }]
    }),
    wires: wiresAmong(new Set(ids), graph.connections),
  })

  return [...byScope.values()]
    .filter((ids) => ids.length > 1 || steps.get(ids[0] ?? "")?.type === "frame")
    .map((ids) => ({ ...bodyOf(ids), origin: cornerOf(ids, steps) }))
}

function wiresAmong(ids: ReadonlySet<string>, connections: readonly ConnectionDocument[]) {
  return connections
    .filter((item) => ids.has(item.source) && ids.has(item.target))
    .map(({ source, target, kind }) => ({ source, target, error: kind === "error" }))
}

function cornerOf(ids: readonly string[], steps: ReadonlyMap<string, StepNode>): [number, number] {
  const places = ids.flatMap((id) => steps.get(id)?.position ?? [])
  return [Math.min(...places.map(({ x }) => x)), Math.min(...places.map(({ y }) => y))]
}
