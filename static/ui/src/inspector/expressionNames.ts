/** The names that a step's expressions are looked at with. Pure. */
import type { GraphDocument, NodeDocument, NodeType } from "../api/types"
import { portsOf, wiredPorts } from "../canvas/ports"
import { isFrame, parentsOf } from "../canvas/scopes"

/** Of a loop: its state, the number of the round and its inputs. Other steps say it in their description. */
export function expressionNames(
  graph: Pick<GraphDocument, "nodes" | "connections">,
  node: NodeDocument,
  type: NodeType | undefined,
): string[] {
  if (!isFrame(type)) return []
  const wired = wiredPorts(graph.connections, parentsOf(graph.nodes)).get(node.id)
  const ports = portsOf(node, type, wired)
  const names = [...(ports.inner?.outputs ?? []), ...ports.inputs].map((port) => port.name)
  return [...new Set(names)]
}
