import { useEffect, useRef, type KeyboardEvent, type PointerEvent } from "react"

interface Props {
  side: "left" | "right" | "top"
  /** The measure that it sets, such as `--library`. */
  variable: string
  label: string
  min: number
  max: number
  initial: number
}

const STEP = 16

/** The edge of a panel, to drag or to move by arrow keys. The size stays for the next visit. */
export function PanelEdge({ side, variable, label, min, max, initial }: Props) {
  const edge = useRef<HTMLDivElement>(null)
  const size = useRef(initial)

  const set = (next: number) => {
    size.current = Math.round(Math.min(max, Math.max(min, next)))
    document.documentElement.style.setProperty(variable, `${size.current}px`)
    edge.current?.setAttribute("aria-valuenow", String(size.current))
    try {
      localStorage.setItem(`panel${variable}`, String(size.current))
    } catch {
      // storage is off: the size holds until the page is left
    }
  }

  useEffect(() => {
    const stored = Number(localStorage.getItem(`panel${variable}`))
    if (stored >= min && stored <= max) {
      size.current = stored
      document.documentElement.style.setProperty(variable, `${stored}px`)
      edge.current?.setAttribute("aria-valuenow", String(stored))
    }
  }, [variable, min, max])

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    const start = { x: event.clientX, y: event.clientY, size: size.current }
    const target = event.currentTarget
    target.setPointerCapture(event.pointerId)
    const move = (now: globalThis.PointerEvent) => {
      const by =
        side === "top"
          ? start.y - now.clientY
          : side === "left"
            ? start.x - now.clientX
            : now.clientX - start.x
      set(start.size + by)
    }
    target.addEventListener("pointermove", move)
    target.addEventListener("lostpointercapture", () => target.removeEventListener("pointermove", move), {
      once: true,
    })
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const grows = { left: "ArrowLeft", right: "ArrowRight", top: "ArrowUp" }[side]
    const shrinks = { left: "ArrowRight", right: "ArrowLeft", top: "ArrowDown" }[side]
    if (event.key !== grows && event.key !== shrinks) return
    event.preventDefault()
    set(size.current + (event.key === grows ? STEP : -STEP))
  }

  return (
    // A separator that moves is a widget, so it takes focus and keys.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={edge}
      className={`edge is-${side}`}
      role="separator"
      aria-label={label}
      aria-orientation={side === "top" ? "horizontal" : "vertical"}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={initial}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      onDoubleClick={() => set(initial)}
    />
  )
}
