import { useEffect, useRef } from "react"
import { isTyping } from "../shared/hooks/useKeys"

/** The system's paste, while no field and no dialog has the focus. */
export function usePaste(onPaste: (text: string) => void): void {
  const latest = useRef(onPaste)
  useEffect(() => {
    latest.current = onPaste
  })
  useEffect(() => {
    const listen = (event: ClipboardEvent) => {
      if (isTyping(document.activeElement) || document.querySelector("[role=dialog]")) return
      const text = event.clipboardData?.getData("text/plain") ?? ""
      if (!text.trim()) return
      event.preventDefault()
      latest.current(text)
    }
    document.addEventListener("paste", listen)
    return () => document.removeEventListener("paste", listen)
  }, [])
}
