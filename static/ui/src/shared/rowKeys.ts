import type { KeyboardEvent } from "react"

/** Arrow keys move between the rows of a list: from one `[data-row]` link to the next. Enter opens, as links do. */
export function moveAmongRows(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step === undefined || !(event.target instanceof HTMLElement) || !event.target.dataset.row) return
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row]")]
  const next = rows[rows.indexOf(event.target) + step]
  event.preventDefault()
  next?.focus()
}
