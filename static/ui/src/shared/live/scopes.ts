import type { NodeState, StatusStore } from "./statusStore"

interface Scope {
  nodes: Readonly<Record<string, NodeState>>
}

const AGAIN_MS = 5_000

/** Reads what ran inside iterations that the store does not know, each once. No React. */
export class ScopeReader {
  private asked = new Set<string>()
  private stopped = false

  /** `read` tells the nodes of a scope (`loop/3`) by their ids. */
  constructor(
    private readonly statuses: StatusStore,
    private readonly read: (path: string) => Promise<Scope>,
  ) {}

  request = (path: string): void => {
    if (this.asked.has(path)) return
    this.asked.add(path)
    this.read(path).then(
      ({ nodes }) => this.take(path, nodes),
      () => setTimeout(() => this.asked.delete(path), AGAIN_MS),
    )
  }

  stop(): void {
    this.stopped = true
  }

  private take(path: string, nodes: Scope["nodes"]): void {
    if (this.stopped) return
    for (const [id, state] of Object.entries(nodes)) this.statuses.set(`${path}/${id}`, state)
    // dropped again when many others have ended since: then it may be asked for anew
    if (Object.keys(nodes).length) this.asked.delete(path)
  }
}
