import { useCallback, useSyncExternalStore } from "react"

export interface ProblemCount {
  errors: number
  warnings: number
  first: string
}

interface Counted {
  node?: string | null
  severity?: "error" | "warning"
  message: string
}

/** How many problems each step has; only steps whose count changed hear of it. */
export class ProblemStore {
  private counts = new Map<string, ProblemCount>()
  private listeners = new Map<string, Set<() => void>>()

  get = (id: string): ProblemCount | undefined => this.counts.get(id)

  replace(problems: readonly Counted[]): void {
    const before = this.counts
    this.counts = countByNode(problems)
    for (const id of new Set([...before.keys(), ...this.counts.keys()])) {
      const [was, now] = [before.get(id), this.counts.get(id)]
      const same =
        was && now && was.errors === now.errors && was.warnings === now.warnings && was.first === now.first
      if (same) this.counts.set(id, was)
      else this.listeners.get(id)?.forEach((notice) => notice())
    }
  }

  subscribe(id: string, notice: () => void): () => void {
    const set = this.listeners.get(id) ?? new Set()
    this.listeners.set(id, set.add(notice))
    return () => {
      set.delete(notice)
    }
  }
}

export function countByNode(problems: readonly Counted[]): Map<string, ProblemCount> {
  const counts = new Map<string, ProblemCount>()
  for (const { node, severity, message } of problems) {
    if (!node) continue
    const count = counts.get(node) ?? { errors: 0, warnings: 0, first: message }
    if (severity === "warning") count.warnings++
    else count.errors++
    counts.set(node, count)
  }
  return counts
}

export function useProblemCount(store: ProblemStore, id: string): ProblemCount | undefined {
  const subscribe = useCallback((notice: () => void) => store.subscribe(id, notice), [store, id])
  return useSyncExternalStore(subscribe, () => store.get(id))
}
