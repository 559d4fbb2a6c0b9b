/**
 * The rows a person is looking at, while the server keeps changing them.
 * Known rows change in place; rows that are new wait in `waiting` until the person asks for them.
 */

export interface Row {
  readonly id: string
}

export interface LiveList<R extends Row> {
  readonly rows: readonly R[]
  /** New rows, newest first, not shown yet. */
  readonly waiting: readonly R[]
}

export function emptyList<R extends Row>(): LiveList<R> {
  return { rows: [], waiting: [] }
}

/**
 * Takes in a fresh first page. Into an empty list it goes at once.
 * Only rows above the first known one count as new: what surfaces below was there before.
 */
export function refresh<R extends Row>(list: LiveList<R>, fresh: readonly R[]): LiveList<R> {
  if (list.rows.length === 0) return { rows: fresh, waiting: [] }
  const byId = new Map(fresh.map((row) => [row.id, row]))
  const shown = new Set(list.rows.map((row) => row.id))
  const rows = list.rows.map((row) => byId.get(row.id) ?? row)
  const firstKnown = fresh.findIndex((row) => shown.has(row.id))
  const top = firstKnown === -1 ? fresh : fresh.slice(0, firstKnown)
  const newIds = new Set(top.map((row) => row.id))
  const held = list.waiting.filter((row) => !newIds.has(row.id) && !byId.has(row.id))
  const waiting = [...top, ...held]
  return { rows, waiting }
}

/** Shows the waiting rows on top. */
export function showWaiting<R extends Row>(list: LiveList<R>): LiveList<R> {
  return { rows: [...list.waiting, ...list.rows], waiting: [] }
}

/** Adds an older page at the end, without repeating a row. */
export function append<R extends Row>(list: LiveList<R>, older: readonly R[]): LiveList<R> {
  const known = new Set([...list.rows, ...list.waiting].map((row) => row.id))
  return { ...list, rows: [...list.rows, ...older.filter((row) => !known.has(row.id))] }
}

/** Changes one row wherever it stands. */
export function replace<R extends Row>(list: LiveList<R>, changed: R): LiveList<R> {
  const swap = (row: R) => (row.id === changed.id ? changed : row)
  return { rows: list.rows.map(swap), waiting: list.waiting.map(swap) }
}
