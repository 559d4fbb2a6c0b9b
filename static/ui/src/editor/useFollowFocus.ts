import { useEffect, type RefObject } from "react"
import type { CanvasHandle } from "../canvas/LodFlow"
import { useUi } from "./SessionContext"

/** When a problem or the outline asks for a step, the canvas brings it into view. */
export function useFollowFocus(canvas: RefObject<CanvasHandle | null>): void {
  const focus = useUi((ui) => ui.focus)
  useEffect(() => {
    if (focus) canvas.current?.reveal(focus.node)
  }, [focus, canvas])
}
