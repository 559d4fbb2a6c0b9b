import { useCallback, useEffect, useRef, useState, type RefObject } from "react"
import { isWhole, lengthOf, panned, type TimeWindow, wholeWindow, zoomed } from "./axis"

const STEP = 1.6
/** While the end is followed, this much of the window lies behind it. */
const AHEAD = 0.08

interface Zoom {
  readonly window: TimeWindow
  /** The window goes along with the end of a run that goes on. */
  readonly follows: boolean
}

/** Which stretch of the run is drawn: all of it, until a person looks closer. `span`: how long it has lasted. */
export function useTimeWindow(span: number, active: boolean) {
  const [zoom, setZoom] = useState<Zoom | null>(null)
  const whole = wholeWindow(span, active)
  const window = zoom ? shownWindow(zoom, span, active, whole) : whole
  const set = useCallback(
    (next: TimeWindow) => {
      if (isWhole(next, whole)) return setZoom(null)
      setZoom({ window: next, follows: active && next.to >= span })
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `whole` is made of these two
    [span, active],
  )
  const middle = (window.from + Math.min(window.to, Math.max(span, window.from))) / 2
  return {
    window,
    isZoomed: zoom !== null,
    /** A run goes on, and its end is out of sight. */
    isBehind: zoom !== null && active && !zoom.follows,
    show: set,
    zoomAt: (factor: number, at: number) => set(zoomed(window, factor, at, whole)),
    zoomIn: () => set(zoomed(window, STEP, middle, whole)),
    zoomOut: () => set(zoomed(window, 1 / STEP, middle, whole)),
    pan: (share: number) => set(panned(window, share * lengthOf(window), whole)),
    fit: () => setZoom(null),
    follow: () => setZoom((before) => before && { ...before, follows: true }),
    whole,
  }
}

export type TimeView = ReturnType<typeof useTimeWindow>

function shownWindow(
  { window, follows }: Zoom,
  span: number,
  active: boolean,
  whole: TimeWindow,
): TimeWindow {
  if (follows && active) {
    const length = lengthOf(window)
    const to = Math.max(window.to, span + AHEAD * length)
    return { from: to - length, to }
  }
  return panned(window, 0, whole)
}

/** The wheel over the bars: with Ctrl it goes closer, sideways (or with Shift) it moves along. Dragging moves too. */
export function useTimeMouse(area: RefObject<HTMLElement | null>, view: TimeView) {
  const latest = useRef(view)
  useEffect(() => {
    latest.current = view
  })
  useEffect(() => {
    const element = area.current
    if (!element) return
    const barsAt = (event: MouseEvent) =>
      (event.target as HTMLElement).closest<HTMLElement>(".gantt-bars, .gantt-scale")
    const onWheel = (event: WheelEvent) => {
      const bars = barsAt(event)
      if (!bars) return
      const { window, isZoomed, zoomAt, pan } = latest.current
      const box = bars.getBoundingClientRect()
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault()
        const share = (event.clientX - box.left) / box.width
        return zoomAt(Math.exp(-event.deltaY / 300), window.from + share * lengthOf(window))
      }
      const sideways = event.deltaX || (event.shiftKey ? event.deltaY : 0)
      if (!sideways || !isZoomed) return
      event.preventDefault()
      pan(sideways / box.width)
    }
    element.addEventListener("wheel", onWheel, { passive: false })
    const stopDragging = dragToPan(element, barsAt, latest)
    return () => {
      element.removeEventListener("wheel", onWheel)
      stopDragging()
    }
  }, [area])
}

/** From here on a press is a drag, and no click on a bar. */
const DRAG_PX = 4

function dragToPan(
  element: HTMLElement,
  barsAt: (event: MouseEvent) => HTMLElement | null,
  latest: RefObject<TimeView>,
): () => void {
  let drag: { x: number; width: number; moved: boolean } | null = null
  const onDown = (event: PointerEvent) => {
    const bars = event.button === 0 ? barsAt(event) : null
    if (bars && latest.current.isZoomed)
      drag = { x: event.clientX, width: bars.getBoundingClientRect().width, moved: false }
  }
  const onMove = (event: PointerEvent) => {
    if (!drag || (!drag.moved && Math.abs(event.clientX - drag.x) < DRAG_PX)) return
    drag.moved = true
    element.classList.add("is-dragged")
    latest.current.pan((drag.x - event.clientX) / drag.width)
    drag.x = event.clientX
  }
  const onUp = () => {
    if (drag?.moved) {
      const swallow = (event: MouseEvent) => event.stopPropagation()
      element.addEventListener("click", swallow, { capture: true, once: true })
      setTimeout(() => element.removeEventListener("click", swallow, { capture: true }))
    }
    drag = null
    element.classList.remove("is-dragged")
  }
  element.addEventListener("pointerdown", onDown)
  addEventListener("pointermove", onMove)
  addEventListener("pointerup", onUp)
  addEventListener("pointercancel", onUp)
  return () => {
    element.removeEventListener("pointerdown", onDown)
    removeEventListener("pointermove", onMove)
    removeEventListener("pointerup", onUp)
    removeEventListener("pointercancel", onUp)
  }
}
