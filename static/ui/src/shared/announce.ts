/** Spoken to screen readers: politely for progress, assertively for failures; at most one of each in 2 s. */
const GAP_MS = 2_000
const last: Record<string, number> = {}
const waiting: Record<string, ReturnType<typeof setTimeout> | undefined> = {}

export function announce(text: string, urgency: "polite" | "assertive" = "polite"): void {
  const wait = Math.max(0, (last[urgency] ?? -GAP_MS) + GAP_MS - performance.now())
  clearTimeout(waiting[urgency])
  waiting[urgency] = setTimeout(() => {
    last[urgency] = performance.now()
    regionFor(urgency).textContent = text
  }, wait)
}

function regionFor(urgency: string): HTMLElement {
  const id = `live-${urgency}`
  const found = document.getElementById(id)
  if (found) return found
  const made = document.createElement("div")
  made.id = id
  made.className = "sr"
  made.setAttribute("aria-live", urgency)
  document.body.append(made)
  return made
}
