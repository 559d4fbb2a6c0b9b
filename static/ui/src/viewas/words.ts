/** Who is looked as, in words. Pure. */
import type { ViewAs } from "../api/viewing"

/** “analyst, clearance internal, department risk” */
export function standingWords({ viewer }: Pick<ViewAs, "viewer">): string {
  const named = viewer.name || viewer.email ? viewer.roles : []
  const stated = Object.entries(viewer.attributes).map(([name, value]) => `${name} ${valueWords(value)}`)
  return [...named, ...stated].join(", ")
}

export const valueWords = (value: unknown): string =>
  Array.isArray(value) ? value.join(" ") : typeof value === "string" ? value : JSON.stringify(value)

const PARTS: Readonly<Record<string, string>> = {
  "node.config": "settings",
  "node.inputs": "inputs",
  "node.outputs": "outputs",
  "node.logs": "logs",
}

/** “May not see outputs or logs, nor execute it: The policy “x” denies it.” Of what is refused for the same reason. */
export function refusalWords(refused: ViewAs["nodes"][string]["refused"]): string {
  const byReason = new Map<string, string[]>()
  for (const [action, { reason }] of Object.entries(refused)) {
    byReason.set(reason, [...(byReason.get(reason) ?? []), action])
  }
  return [...byReason].map(([reason, actions]) => `${partWords(actions)}: ${reason}`).join(" ")
}

function partWords(actions: readonly string[]): string {
  const parts = actions.map((action) => PARTS[action]).filter((part) => part !== undefined)
  const seen = parts.length ? `May not see ${listed(parts)}` : ""
  if (!actions.includes("node.execute")) return seen
  return seen ? `${seen}, nor execute it` : "May not execute it"
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`
}
