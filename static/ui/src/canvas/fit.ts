/** Whether a wire may go from one port to another, and if not, why. Pure. */
import type { ConnectionDocument, PortType } from "../api/types"

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

export interface End {
  node: string
  type: PortType
}

/** The reason against a wire, in words; null when it fits. */
export function whyNot(from: End, to: End, connections: readonly ConnectionDocument[]): string | null {
  if (from.node === to.node) return "A step can't feed itself"
  if (!typesFit(from.type, to.type)) return `Needs ${WORDS[to.type]}, gives ${WORDS[from.type]}`
  if (reaches(to.node, from.node, connections)) return "This would close a circle"
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
