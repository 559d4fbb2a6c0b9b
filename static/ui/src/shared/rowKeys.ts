import type { KeyboardEvent } from "react"

/** On the link of a list's row: arrow keys go to the next or previous row's link. Enter opens, as links do. */
export function moveAmongRows(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  const table = event.currentTarget.closest("table")
  if (step === undefined || !table) return
  const rows = [...table.querySelectorAll<HTMLElement>(".row-link")]
  event.preventDefault()
  rows[rows.indexOf(event.currentTarget) + step]?.focus()
}
