import { useQuery } from "@tanstack/react-query"
import { api, body } from "../api/client"
import { usePages } from "../api/pages"
import { sinceOf, type AuditPlace } from "./filters"
import type { ChainState, EntryDetail, Verification } from "./types"

/** The entries that the filters keep, newest first; read again while the page is open. */
export function useEntries({ search, action, decision, when }: AuditPlace) {
  const filters = {
    search: search.trim() || undefined,
    action: action ?? undefined,
    decision: decision ?? undefined,
  }
  return usePages({
    key: ["audit", { ...filters, when }],
    read: (page, signal) =>
      body(
        api.GET("/api/v1/audit/", {
          params: { query: { ...filters, since: sinceOf(when, new Date()), ...page } },
          signal,
        }),
      ),
    everyMs: 15_000,
  })
}

export function useEntry(id: number) {
  return useQuery({
    queryKey: ["audit-entry", id],
    queryFn: () =>
      body<EntryDetail>(api.GET("/api/v1/audit/{entry_id}/", { params: { path: { entry_id: id } } })),
    // an entry never changes, but it is sealed a second after it was written
    refetchInterval: (query) => (query.state.data && !query.state.data.seal ? 2_000 : false),
  })
}

/** How far the chain of seals reaches. */
export function useChainState() {
  return useQuery({
    queryKey: ["audit-state"],
    queryFn: () => body<ChainState>(api.GET("/api/v1/audit/state/", {})),
    refetchInterval: 10_000,
  })
}

/** Computes every seal anew. */
export const verifyChain = (): Promise<Verification> => body(api.POST("/api/v1/audit/verify/", {}))

/** Entries of a period with their proofs, the seals, the key, and a verifier. */
export function exportUrl(since: string | undefined): string {
  return since ? `/api/v1/audit/export/?since=${encodeURIComponent(since)}` : "/api/v1/audit/export/"
}
