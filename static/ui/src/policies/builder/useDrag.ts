import { useRef, useState, type PointerEvent, type RefObject } from "react"
import { nearestGap, type Gap, type Spot } from "../model/moves"

interface Shown {
  id: string
  /** Where the line is drawn, seen from the tree's corner. */
  line: { left: number; top: number; width: number } | null
}

const FAR_ENOUGH = 4

/** Dragging parts of a tree by their handles. Esc leaves everything as it was. */
export function useDrag(tree: RefObject<HTMLElement | null>, onDrop: (id: string, to: Spot) => void) {
  const [shown, setShown] = useState<Shown | null>(null)
  const gap = useRef<Gap | null>(null)

  const start = (event: PointerEvent<HTMLElement>, id: string) => {
    const around = tree.current
    if (event.button !== 0 || !around) return
    const from = { x: event.clientX, y: event.clientY }
    let isDragging = false
    const drag = ({ clientX, clientY }: globalThis.PointerEvent) => {
      if (!isDragging && Math.hypot(clientX - from.x, clientY - from.y) < FAR_ENOUGH) return
      isDragging = true
      gap.current = nearestGap(gapsOf(around, id), clientX, clientY)
      setShown({ id, line: gap.current && lineOf(around, gap.current) })
    }
    const end = (isDrop: boolean) => {
      window.removeEventListener("pointermove", drag)
      window.removeEventListener("pointerup", drop)
      window.removeEventListener("pointercancel", cancel)
      window.removeEventListener("keydown", onKey, true)
      setShown(null)
      if (!isDragging) return
      window.addEventListener("click", swallow, { capture: true, once: true })
      setTimeout(() => window.removeEventListener("click", swallow, true))
      if (isDrop && gap.current) onDrop(id, gap.current)
      gap.current = null
    }
    const drop = () => end(true)
    const cancel = () => end(false)
    const onKey = (key: KeyboardEvent) => {
      if (key.key !== "Escape") return
      key.stopPropagation()
      cancel()
    }
    window.addEventListener("pointermove", drag)
    window.addEventListener("pointerup", drop)
    window.addEventListener("pointercancel", cancel)
    window.addEventListener("keydown", onKey, true)
  }
  return { start, dragged: shown?.id ?? null, line: shown?.line ?? null }
}

/** The click that ends a drag opens no menu. */
const swallow = (event: Event) => event.stopPropagation()

/** The places between the rows, as they are on the screen; none inside of what is dragged. */
function gapsOf(tree: HTMLElement, dragged: string): Gap[] {
  const lists = [...tree.querySelectorAll<HTMLElement>("[data-parts]")]
  return lists
    .filter((list) => !list.closest(`[data-part="${dragged}"]`))
    .flatMap((list) => {
      const group = list.dataset.parts ?? ""
      const x = list.getBoundingClientRect().left
      const rows = [...list.children].map((row) => row.getBoundingClientRect())
      const last = rows.at(-1)
      const gaps = rows.map(({ top }, at) => ({ group, at, x, y: top - 3 }))
      return last ? [...gaps, { group, at: rows.length, x, y: last.bottom + 3 }] : gaps
    })
}

function lineOf(tree: HTMLElement, { x, y }: Gap) {
  const { left, top, right } = tree.getBoundingClientRect()
  return { left: x - left, top: y - top, width: right - x }
}
