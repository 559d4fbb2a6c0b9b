export interface Table {
  columns: string[]
  rows: string[][]
  more: number
}

const MAX_COLUMNS = 40

/** A list of objects as a table of texts; null for anything else. */
export function tableOf(value: unknown, limit: number): Table | null {
  if (!Array.isArray(value) || value.length === 0) return null
  const shown: unknown[] = value.slice(0, limit)
  if (!shown.every((item) => typeof item === "object" && item !== null && !Array.isArray(item))) return null
  const records = shown as Record<string, unknown>[]
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))].slice(0, MAX_COLUMNS)
  const rows = records.map((record) => columns.map((column) => cellText(record[column])))
  return { columns, rows, more: value.length - shown.length }
}

function cellText(value: unknown): string {
  if (value === undefined) return ""
  return typeof value === "string" ? value : JSON.stringify(value)
}
