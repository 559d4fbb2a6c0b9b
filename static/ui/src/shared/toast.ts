import { create } from "zustand"
import type { GlyphName } from "./icons/glyphs"

export interface Toast {
  id: number
  text: string
  icon: GlyphName
  action?: { label: string; run: () => void }
}

const SHOWN_MS = 8_000
let nextId = 1

export const useToasts = create<{ toasts: Toast[] }>(() => ({ toasts: [] }))

export function dismissToast(id: number): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }))
}

/** Says what was done, for 8 s, with at most one thing to do about it. */
export function toast(text: string, options: { icon?: GlyphName; action?: Toast["action"] } = {}): void {
  const made: Toast = { id: nextId++, text, icon: options.icon ?? "check", action: options.action }
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts.slice(-2), made] }))
  setTimeout(() => dismissToast(made.id), SHOWN_MS)
}
