import { useEffect, useState, type RefObject } from "react"
import type { View } from "../rowWindow"

/** What part of a scroll area is in view; follows scrolling and resizing. */
export function useView(area: RefObject<HTMLElement | null>): View {
  const [view, setView] = useState<View>({ top: 0, height: 600 })
  useEffect(() => {
    const element = area.current
    if (!element) return
    const look = () => setView({ top: element.scrollTop, height: element.clientHeight })
    const resized = new ResizeObserver(look)
    resized.observe(element)
    element.addEventListener("scroll", look, { passive: true })
    return () => {
      resized.disconnect()
      element.removeEventListener("scroll", look)
    }
  }, [area])
  return view
}
