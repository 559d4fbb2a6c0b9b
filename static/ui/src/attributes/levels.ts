/** The levels while they are edited, the least secret first. Pure. */

export interface LevelRow {
  readonly key: string
  readonly label: string
  /** It is not stored yet: its key follows its label. */
  readonly isNew?: boolean
}

/** The row at `from` stands at `to` afterwards. */
export function moved<T>(rows: readonly T[], from: number, to: number): readonly T[] {
  const row = rows[from]
  if (row === undefined || to < 0 || to >= rows.length || from === to) return rows
  const others = rows.filter((_, at) => at !== from)
  return [...others.slice(0, to), row, ...others.slice(to)]
}

export function renamed(rows: readonly LevelRow[], at: number, label: string): readonly LevelRow[] {
  return rows.map((row, place) =>
    place === at ? { ...row, label, key: row.isNew ? keyOf(label) : row.key } : row,
  )
}

/** “Top secret” is `top_secret`, as the levels are called that every workspace starts with. */
export function keyOf(label: string): string {
  const words = label
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
  return words.replace(/^_+|_+$/g, "").slice(0, 60)
}

export function isChanged(rows: readonly LevelRow[], stored: readonly LevelRow[]): boolean {
  return (
    rows.length !== stored.length ||
    rows.some((row, at) => row.key !== stored[at]?.key || row.label !== stored[at]?.label)
  )
}

/** Why the rows cannot be saved; null when they can. */
export function problemOf(rows: readonly LevelRow[]): string | null {
  if (rows.some((row) => !row.label.trim() || !row.key)) return "Give each level a name."
  const keys = new Set(rows.map((row) => row.key))
  return keys.size < rows.length ? "Two levels have the same name." : null
}
