/** What the ends of a wire say about it. Pure. */
import type { ConnectionDocument } from "../api/types"
import type { End } from "../canvas/fit"
import type { StepNode } from "../canvas/flow"
import { typeOfHandle } from "../canvas/PortHandle"
import { innerHandle, isInnerHandle, NEW_INPUT } from "../canvas/ports"

export const endOf = (
  { id, data }: Pick<StepNode, "id" | "data">,
  handle: string | null,
  side: "in" | "out",
): End => ({ node: id, type: typeOfHandle(data, handle, side), inner: isInnerHandle(handle) })

/** Where a wire goes that is dropped on a step instead of a port: its first free input that fits, or a new one. */
export function freeInput(
  { id, data }: Pick<StepNode, "id" | "data">,
  connections: readonly ConnectionDocument[],
  fits: (handle: string) => boolean,
): string | null {
  const wired = new Set(connections.filter((item) => item.target === id).map((item) => item.input))
  const { inputs, inner, open } = data.ports
  const free = inputs.find((port) => (port.multiple || !wired.has(port.name)) && fits(port.name))
  if (free) return free.name
  const inside = (inner?.inputs ?? []).map((port) => innerHandle(port.name)).find(fits)
  return inside ?? (open && fits(NEW_INPUT) ? NEW_INPUT : null)
}
