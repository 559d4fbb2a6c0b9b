/** What a text finds: datasets, and columns of them. Pure. */
import type { DatasetItem } from "./types"

interface Choice {
  readonly value: string
  readonly label: string
  readonly hint: string
  readonly dataset: string
  readonly column: string | null
}

const MOST_COLUMNS = 20

/** `dwh.decisions.sc` -> `dwh.decisions`: what may be the dataset where the rest is a column. */
export const nameBefore = (text: string): string =>
  text.includes(".") ? text.slice(0, text.lastIndexOf(".")) : text

/** The datasets that were found, then the columns that fit, of datasets found by what stands before the last dot. */
export function choicesFor(
  text: string,
  found: readonly DatasetItem[],
  before: readonly DatasetItem[],
): readonly Choice[] {
  const whole = found.map((item) => ({
    value: item.id,
    label: item.name,
    hint: item.kind,
    dataset: item.id,
    column: null,
  }))
  const wanted = text.trim().toLowerCase()
  if (!wanted) return whole
  const isNamed = (item: DatasetItem) => wanted.startsWith(`${item.name.toLowerCase()}.`)
  const rest = (item: DatasetItem) => (isNamed(item) ? wanted.slice(item.name.length + 1) : wanted)
  const all = new Map([...found, ...before].map((item) => [item.id, item]))
  const columns = [...all.values()].flatMap((item) =>
    item.columns
      .filter(({ name }) => name.toLowerCase().includes(rest(item)))
      .map(({ name, type }) => ({
        value: `${item.id} ${name}`,
        label: `${item.name}.${name}`,
        hint: type,
        dataset: item.id,
        column: name,
      })),
  )
  return [...whole, ...columns.slice(0, MOST_COLUMNS)]
}
