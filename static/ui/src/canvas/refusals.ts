/** What somebody else is refused of a step, as a mark at its upper edge. */
import type { ViewedNodes } from "../api/viewing"
import { refusalWords } from "../viewas/words"
import type { Badge } from "./badges"
import { useCanvas } from "./CanvasContext"

/** The mark of a step that the viewer may not see or execute in full; null where they may, and without a viewer. */
export function useRefusal(id: string): Badge | null {
  const refused = useCanvas().viewed?.[id]?.refused
  return refused && Object.keys(refused).length > 0 ? refusalBadge(refused) : null
}

export function refusalBadge(refused: ViewedNodes[string]["refused"]): Badge {
  return { kind: "refused", icon: "lock", tone: "bad", title: refusalWords(refused) }
}
