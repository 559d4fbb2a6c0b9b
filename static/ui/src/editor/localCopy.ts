/** The draft in this browser, from the first keystroke until the server has it. */
import type { LocalCopy } from "./autosave"

const key = (workflowId: string) => `draft:${workflowId}`

export function keepLocal(workflowId: string, copy: LocalCopy): boolean {
  try {
    localStorage.setItem(key(workflowId), JSON.stringify(copy))
    return true
  } catch {
    return false // full, or storage is off: the server still gets it in a moment
  }
}

export function forgetLocal(workflowId: string): void {
  try {
    localStorage.removeItem(key(workflowId))
  } catch {
    // storage is off: there is nothing to forget
  }
}

export function readLocal(workflowId: string): LocalCopy | null {
  try {
    const text = localStorage.getItem(key(workflowId))
    if (!text) return null
    const copy: unknown = JSON.parse(text)
    return isCopy(copy) ? copy : null
  } catch {
    return null
  }
}

function isCopy(value: unknown): value is LocalCopy {
  if (typeof value !== "object" || value === null) return false
  const { revision, graph } = value as Partial<LocalCopy>
  return (
    typeof revision === "number" &&
    typeof graph === "object" &&
    Array.isArray(graph?.nodes) &&
    Array.isArray(graph.connections)
  )
}
