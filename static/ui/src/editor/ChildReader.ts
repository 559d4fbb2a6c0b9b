/** Reads which parameters the workflows have that steps run: they are the inputs of those steps. */
import type { GraphDocument, NodeDocument, NodeType } from "../api/types"
import { readChild } from "./api"

export class ChildReader {
  private shown = new Map<string, string>()
  private known = new Map<string, Promise<readonly string[]>>()

  constructor(
    private readonly onNames: (node: string, names: readonly string[]) => void,
    private readonly read: (workflow: string, version: string) => Promise<readonly string[]> = readChild,
  ) {}

  /** Looks at every step that runs a workflow, where its choice changed. */
  readAll(graph: GraphDocument, types: ReadonlyMap<string, NodeType>): void {
    for (const node of graph.nodes) {
      if (types.get(node.type)?.container !== "sub") continue
      const child = childOf(node)
      const key = child ? child.join("@") : ""
      if (this.shown.get(node.id) === key) continue
      this.shown.set(node.id, key)
      if (child) this.tell(node.id, key, child)
      else this.onNames(node.id, [])
    }
  }

  private tell(node: string, key: string, [workflow, version]: [string, string]): void {
    const names = this.known.get(key) ?? this.read(workflow, version)
    this.known.set(key, names)
    names.then(
      (found) => this.shown.get(node) === key && this.onNames(node, found),
      () => {
        this.known.delete(key) // not reached, or no such workflow: asked again with the next choice
        this.shown.delete(node)
      },
    )
  }
}

function childOf({ config }: NodeDocument): [string, string] | null {
  const { workflow, version = "latest" } = config ?? {}
  if (typeof workflow !== "string" || !workflow.trim()) return null
  return [workflow.trim(), typeof version === "number" ? String(version) : "latest"]
}
