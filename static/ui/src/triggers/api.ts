import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { api, bodyAs } from "../api/client"
import { usePages, useRefresh } from "../api/pages"
import type { Page } from "../api/types"
import type {
  Delivery,
  Fire,
  FireTime,
  Listening,
  RunRef,
  Trigger,
  TriggerKind,
  TriggerSetup,
  WebhookAddress,
} from "./types"

const ONE = "/api/v1/triggers/{trigger_id}/"

const at = (id: string) => ({ params: { path: { trigger_id: id } } })

/** The triggers of the workspace, page by page. */
export function useTriggers(filters: { search: string; kind: TriggerKind | null }) {
  return usePages({
    key: ["triggers", filters],
    read: (page, signal) =>
      bodyAs<Page<Trigger>>(
        api.GET("/api/v1/triggers/", {
          params: {
            query: { search: filters.search || undefined, kind: filters.kind ?? undefined, ...page },
          },
          signal,
        }),
      ),
    everyMs: 30_000,
  })
}

export function useTrigger(id: string) {
  return useQuery({ queryKey: ["trigger", id], queryFn: () => bodyAs<Trigger>(api.GET(ONE, at(id))) })
}

export const createTrigger = (workflow: string, setup: TriggerSetup, enabled: boolean): Promise<Trigger> =>
  bodyAs(api.POST("/api/v1/triggers/", { body: { workflow, ...setup, enabled } }))

export const updateTrigger = (
  id: string,
  changes: Partial<Omit<TriggerSetup, "kind">> & { enabled?: boolean; run_as?: string },
): Promise<Trigger> => bodyAs(api.PATCH(ONE, { ...at(id), body: changes }))

export async function deleteTrigger(id: string): Promise<void> {
  await api.DELETE(ONE, at(id))
}

/** Starts a run now, as if the time had come. */
export const fireTrigger = (id: string): Promise<{ run: RunRef }> =>
  bodyAs(api.POST("/api/v1/triggers/{trigger_id}/fire/", { ...at(id) }))

/** The next times of a schedule, each with its offset from UTC. */
export function useFireTimes(cron: string, zone: string, enabled: boolean) {
  return useQuery({
    queryKey: ["fire-times", cron, zone],
    queryFn: async ({ signal }) =>
      (
        await bodyAs<{ results: FireTime[] }>(
          api.POST("/api/v1/triggers/preview/", { body: { cron, zone }, signal }),
        )
      ).results,
    enabled,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  })
}

type HistoryPart = "fires" | "deliveries"
export type HistoryItem = Fire | Delivery

/** What became of each firing, or of each call; the newest first. */
export function useHistory(id: string, part: HistoryPart) {
  return usePages({
    key: ["trigger", id, part],
    read: (page, signal) =>
      bodyAs<Page<HistoryItem>>(
        api.GET(`/api/v1/triggers/{trigger_id}/${part}/`, {
          params: { ...at(id).params, query: page },
          signal,
        }),
      ),
    everyMs: 5_000,
  })
}

export function useWebhookAddress(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ["trigger", id, "address"],
    queryFn: () => bodyAs<WebhookAddress>(api.GET("/api/v1/triggers/{trigger_id}/secret/", at(id))),
    enabled,
    staleTime: Infinity,
  })
}

export const rotateAddress = (id: string): Promise<WebhookAddress> =>
  bodyAs(api.POST("/api/v1/triggers/{trigger_id}/rotate/", { ...at(id) }))

export const startListening = (id: string): Promise<Listening> =>
  bodyAs(api.POST("/api/v1/triggers/{trigger_id}/listen/", { ...at(id) }))

export const readListening = (id: string): Promise<Listening> =>
  bodyAs(api.GET("/api/v1/triggers/{trigger_id}/listen/", at(id)))

/** Call it after a change: whatever shows triggers is read again. */
export const useRefreshTriggers = () => useRefresh("triggers", "trigger")
