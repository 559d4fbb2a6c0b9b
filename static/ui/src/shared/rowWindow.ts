/** Which rows of a long list to draw: those in view, and as many again before and after. */
export interface RowWindow {
  readonly from: number
  readonly to: number
}

export interface View {
  readonly top: number
  readonly height: number
}

export function rowWindow(view: View, rowHeight: number, count: number): RowWindow {
  const perView = Math.ceil(view.height / rowHeight)
  const first = Math.floor(view.top / rowHeight)
  const from = Math.max(0, Math.min(first - perView, count - perView))
  return { from, to: Math.min(count, first + 2 * perView + 1) }
}

/** Where to scroll so that a row is in view; null when it is. `above` is the height of what sticks on top. */
export function scrollToRow(view: View, rowHeight: number, row: number, above: number): number | null {
  const top = row * rowHeight
  if (top < view.top) return top
  const bottom = top + rowHeight + above
  return bottom > view.top + view.height ? bottom - view.height : null
}
