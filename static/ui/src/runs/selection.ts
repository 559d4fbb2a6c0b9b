/** Rows that are selected, by id, with the row from which Shift extends. Pure. */
export interface Selection<R extends { readonly id: string }> {
  readonly rows: ReadonlyMap<string, R>
  readonly anchor: string | null
}

export function nothingSelected<R extends { readonly id: string }>(): Selection<R> {
  return { rows: new Map(), anchor: null }
}

/** Selects a row, or leaves it out. */
export function toggled<R extends { readonly id: string }>(selection: Selection<R>, row: R): Selection<R> {
  const rows = new Map(selection.rows)
  if (!rows.delete(row.id)) rows.set(row.id, row)
  return { rows, anchor: row.id }
}

/** Selects all rows from the anchor to this one; without an anchor this one alone. */
export function extended<R extends { readonly id: string }>(
  selection: Selection<R>,
  row: R,
  shown: readonly R[],
): Selection<R> {
  const from = shown.findIndex(({ id }) => id === selection.anchor)
  const to = shown.findIndex(({ id }) => id === row.id)
  const [first, last] = from === -1 ? [to, to] : [Math.min(from, to), Math.max(from, to)]
  const rows = new Map(selection.rows)
  for (const one of shown.slice(first, last + 1)) rows.set(one.id, one)
  return { rows, anchor: from === -1 ? row.id : selection.anchor }
}

export function allOf<R extends { readonly id: string }>(rows: readonly R[]): Selection<R> {
  return { rows: new Map(rows.map((row) => [row.id, row])), anchor: null }
}
