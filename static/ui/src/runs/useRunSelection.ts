import { useState } from "react"
import { cursorOf } from "../api/cursor"
import type { Run } from "../api/types"
import { readRuns } from "./api"
import { MOST_AT_ONCE } from "./controlApi"
import { filtersToQuery, type RunFilters } from "./filters"
import { allOf, extended, nothingSelected, type Selection, toggled } from "./selection"

/** Which runs of the list are selected. Other filters select anew. */
export function useRunSelection(filters: RunFilters, shown: readonly Run[]) {
  const key = JSON.stringify(filters)
  const [selection, setSelection] = useState<Selection<Run>>(nothingSelected)
  const [gathering, setGathering] = useState(false)
  const [seen, setSeen] = useState(key)
  if (seen !== key) {
    setSeen(key)
    setSelection(nothingSelected())
  }
  // the list is fresher than what was selected from it
  const fresh = new Map(shown.map((run) => [run.id, run]))
  return {
    runs: [...selection.rows.values()].map((run) => fresh.get(run.id) ?? run),
    count: selection.rows.size,
    has: (id: string) => selection.rows.has(id),
    select: (run: Run, extend: boolean) =>
      setSelection((before) => (extend ? extended(before, run, shown) : toggled(before, run))),
    extend: (from: Run, to: Run) =>
      setSelection((before) => extended(extended(before, from, shown), to, shown)),
    take: (runs: readonly Run[]) => setSelection(allOf(runs)),
    clear: () => setSelection(nothingSelected()),
    gathering,
    /** Selects all that the filters let through, as far as one request takes them. */
    takeMatching: async () => {
      setGathering(true)
      try {
        setSelection(allOf(await readMatching(filters)))
      } finally {
        setGathering(false)
      }
    },
  }
}

export type RunSelection = ReturnType<typeof useRunSelection>

async function readMatching(filters: RunFilters): Promise<Run[]> {
  const query = filtersToQuery(filters, new Date())
  const runs: Run[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof readRuns>> = await readRuns(query, cursor)
    runs.push(...page.results)
    cursor = cursorOf(page.next)
  } while (cursor !== null && runs.length < MOST_AT_ONCE)
  return runs.slice(0, MOST_AT_ONCE)
}
