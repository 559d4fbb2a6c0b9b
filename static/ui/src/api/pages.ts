import { keepPreviousData, useInfiniteQuery, useQueryClient, type QueryKey } from "@tanstack/react-query"
import { cursorOf } from "./cursor"

/** Of a list of the API: what it is asked with, beside its filters. */
export interface PageRequest {
  limit: number
  cursor: string | undefined
}

interface Paged {
  next?: string | null
}

interface Pages<P extends Paged> {
  key: QueryKey
  read: (page: PageRequest, signal: AbortSignal) => Promise<P>
  /** A list that changes by itself is read again while it is looked at; how often may depend on what it tells. */
  everyMs?: number | ((known: readonly P[]) => number)
}

const PER_PAGE = 50

/** A list, page by page; while other filters are asked for, what they replace stays. */
export function usePages<P extends Paged>({ key, read, everyMs }: Pages<P>) {
  return useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => read({ limit: PER_PAGE, cursor: pageParam ?? undefined }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => cursorOf(page.next),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      (typeof everyMs === "function" ? everyMs(state.data?.pages ?? []) : everyMs) ?? false,
  })
}

/** Call what it returns after a change: whatever was read under these names is read again. */
export function useRefresh(...names: readonly string[]): () => Promise<void> {
  const client = useQueryClient()
  return async () => {
    await Promise.all(names.map((name) => client.invalidateQueries({ queryKey: [name] })))
  }
}
