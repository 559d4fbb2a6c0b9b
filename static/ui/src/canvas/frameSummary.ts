/** How often a frame's body runs, in words. Pure. */
import type { NodeDocument, NodeType } from "../api/types"
import { count, plural } from "../shared/format"

export function frameSummary(node: NodeDocument, type: NodeType | undefined): string {
  const config = node.config ?? {}
  if (type?.container === "map") return mapSummary(config)
  return type?.container === "loop" ? loopSummary(config) : ""
}

function loopSummary({ until, max_iterations: most }: Record<string, unknown>): string {
  const bound =
    typeof most === "number" ? plural(most, "round") : typeof most === "string" ? `${most} rounds` : null
  if (typeof until === "string" && until.trim())
    return bound ? `until ${until.trim()}, at most ${bound}` : `until ${until.trim()}`
  return bound ?? "rounds not set yet"
}

function mapSummary({ max_concurrent: most = 8 }: Record<string, unknown>): string {
  const together = typeof most === "number" ? count(most) : typeof most === "string" ? most : "8"
  return together === "1" ? "each of items, one at a time" : `each of items, ${together} at a time`
}
