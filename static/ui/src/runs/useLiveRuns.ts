import { useQuery } from "@tanstack/react-query"
import { useCallback, useEffect, useRef, useState } from "react"
import { cursorOf } from "../api/cursor"
import type { Run } from "../api/types"
import { isTerminal } from "../shared/status"
import { readRun, readRuns } from "./api"
import { filtersToQuery, type RunFilters } from "./filters"
import { append, emptyList, type LiveList, refresh, replace, showWaiting } from "./liveList"

const WHILE_RUNNING_MS = 2_000
const QUIET_MS = 6_000

interface Older {
  readonly next: string | null
  readonly loading: boolean
}

/** The run list for these filters: kept fresh in place, new runs waiting, older ones on demand. */
export function useLiveRuns(filters: RunFilters) {
  const key = JSON.stringify(filters)
  const [list, setList] = useState<LiveList<Run>>(emptyList)
  const [older, setOlder] = useState<Older | null>(null)
  const [listKey, setListKey] = useState(key)
  if (listKey !== key) {
    setListKey(key)
    setList(emptyList())
    setOlder(null)
  }
  const active = list.rows.some((run) => !isTerminal(run.status))
  const head = useQuery({
    queryKey: ["runs", key],
    queryFn: ({ signal }) => readRuns(filtersToQuery(filters, new Date()), null, signal),
    refetchInterval: active ? WHILE_RUNNING_MS : QUIET_MS,
    staleTime: 0,
  })
  const { data } = head
  useEffect(() => {
    if (data) setList((shown) => refresh(shown, data.results))
  }, [data])

  useStragglers(list.rows, data?.results, (runs) => setList((shown) => runs.reduce(replace, shown)))

  const next = older ? older.next : cursorOf(data?.next)
  const showOlder = useCallback(async () => {
    if (!next) return
    setOlder({ next, loading: true })
    try {
      const page = await readRuns(filtersToQuery(filters, new Date()), next)
      setList((shown) => append(shown, page.results))
      setOlder({ next: cursorOf(page.next), loading: false })
    } catch {
      setOlder({ next, loading: false })
    }
  }, [next, filters])
  return {
    rows: list.rows,
    newCount: list.waiting.length,
    showNew: () => setList(showWaiting),
    next,
    loadingOlder: older?.loading ?? false,
    showOlder,
    error: head.error,
    // The rows arrive one render after the data: until then an answer with rows still counts as loading.
    isPending: head.isPending || (list.rows.length === 0 && (data?.results.length ?? 0) > 0),
    retry: () => void head.refetch(),
  }
}

const STRAGGLERS = 8

/** Runs still going on that newer ones pushed off the first page are read one by one, so that they end here too. */
function useStragglers(
  rows: readonly Run[],
  fresh: readonly Run[] | undefined,
  take: (runs: readonly Run[]) => void,
): void {
  const inFresh = new Set(fresh?.map((run) => run.id))
  const ids = rows
    .filter((run) => fresh && !isTerminal(run.status) && !inFresh.has(run.id))
    .map((run) => run.id)
    .slice(0, STRAGGLERS)
  const { data } = useQuery({
    queryKey: ["runs", "stragglers", ids],
    queryFn: () => Promise.all(ids.map(readRun)),
    enabled: ids.length > 0,
    refetchInterval: QUIET_MS,
    staleTime: 0,
  })
  const latest = useRef(take)
  useEffect(() => {
    latest.current = take
  })
  useEffect(() => {
    if (data) latest.current(data)
  }, [data])
}
