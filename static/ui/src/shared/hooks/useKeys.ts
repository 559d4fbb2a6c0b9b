import { useEffect, useRef } from "react"

export type KeyMap = Record<string, (event: KeyboardEvent) => void>

/** `Ctrl+Shift+Z`, `/`, `Delete`: the name under which a key press is looked up. Cmd counts as Ctrl. */
export function keyName(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">,
): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key
  const isLetterLike = event.key.length > 1 || /[a-z0-9]/i.test(event.key)
  const parts = [
    event.ctrlKey || event.metaKey ? "Ctrl" : "",
    event.altKey ? "Alt" : "",
    event.shiftKey && isLetterLike ? "Shift" : "", // "?" already says that shift is down
    key,
  ]
  return parts.filter(Boolean).join("+")
}

/** Whether keys typed here are text. Single letters are never shortcuts there. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}

/**
 * Shortcuts on the whole page. In a field only those with Ctrl work, and of them not the ones a text field has itself.
 * A dialog in front keeps all keys for itself.
 */
export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys)
  useEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const name = keyName(event)
      const action = latest.current[name]
      if (!action || event.defaultPrevented || document.querySelector("[role=dialog][aria-modal=true]"))
        return
      if (isTyping(event.target) && (!name.startsWith("Ctrl+") || OWN_KEYS.has(name))) return
      event.preventDefault()
      action(event)
    }
    document.addEventListener("keydown", onKeyDown)
    return () => document.removeEventListener("keydown", onKeyDown)
  }, [])
}

const OWN_KEYS = new Set([
  "Ctrl+A",
  "Ctrl+C",
  "Ctrl+D",
  "Ctrl+V",
  "Ctrl+X",
  "Ctrl+Z",
  "Ctrl+Shift+Z",
  "Ctrl+Y",
])
