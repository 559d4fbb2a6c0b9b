/** Whether a wire may go from one port to another, and if not, why. Pure. */
import type { ConnectionDocument, PortType } from "../api/types"
import { besideOnly, NO_PARENTS, wayInto, whyAcross, type Parents, type ScopeEnd } from "./scopes"

const CARRIES: Partial<Record<PortType, readonly PortType[]>> = {
  error: ["object"],
}

const WORDS: Record<PortType, string> = {
  any: "anything",
  records: "records",
  object: "an object",
  text: "text",
  number: "a number",
  control: "a yes or no",
  file: "a file",
  error: "an error",
}

/** `any` fits everything; a control input asks only whether the value is true. */
export function typesFit(gives: PortType, needs: PortType): boolean {
  if (gives === needs || gives === "any" || needs === "any" || needs === "control") return true
  return CARRIES[gives]?.includes(needs) ?? false
}

export interface End extends ScopeEnd {
  type: PortType
}

/** What the steps lie in, and what they are called where that is the reason. */
export interface Scopes {
  parents: Parents
  titleOf: (id: string) => string
}

const NO_SCOPES: Scopes = { parents: NO_PARENTS, titleOf: (id) => id }

/** The reason against a wire, in words; null when it fits. */
export function whyNot(
  from: End,
  to: End,
  connections: readonly ConnectionDocument[],
  { parents, titleOf }: Scopes = NO_SCOPES,
): string | null {
  if (from.node === to.node) return "A step can't feed itself"
  const across = whyAcross(from, to, parents, titleOf)
  if (across) return across
  if (!typesFit(from.type, to.type)) return `Needs ${WORDS[to.type]}, gives ${WORDS[from.type]}`
  // a wire to or from an inner port closes no circle: the frame itself takes the next round
  if (from.inner || to.inner) return null
  const [entered = to.node] = wayInto(from, to, parents) ?? []
  if (reaches(entered, from.node, besideOnly(connections, parents))) return "This would close a circle"
  return null
}

/** Whether a path of connections leads from `start` to `goal`. */
export function reaches(start: string, goal: string, connections: readonly ConnectionDocument[]): boolean {
  const next = new Map<string, string[]>()
  for (const { source, target } of connections) {
    const list = next.get(source)
    if (list) list.push(target)
    else next.set(source, [target])
  }
  const seen = new Set([start])
  const open = [start]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === goal) return true
    for (const target of next.get(id) ?? []) {
      if (!seen.has(target)) {
        seen.add(target)
        open.push(target)
      }
    }
  }
  return false
}
