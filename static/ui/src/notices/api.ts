import { useQuery } from "@tanstack/react-query"
import { api, bodyAs } from "../api/client"
import { usePages, useRefresh } from "../api/pages"
import type { Page } from "../api/types"
import type { Notice, Sending, SendingStatus, WorkflowNotices } from "./types"

const OF = "/api/v1/workflows/{workflow_id}/notices/"

const of = (workflow: string) => ({ params: { path: { workflow_id: workflow } } })

export function useNotices(workflow: string) {
  return useQuery({
    queryKey: ["notices", workflow],
    queryFn: () => bodyAs<WorkflowNotices>(api.GET(OF, of(workflow))),
  })
}

export const saveNotices = (workflow: string, notices: readonly Notice[]): Promise<WorkflowNotices> =>
  bodyAs(api.PUT(OF, { ...of(workflow), body: { notices: [...notices] } }))

export interface SendingFilters {
  workflow: string | null
  status: SendingStatus | null
}

const ON_ITS_WAY_MS = 2_000
const AT_REST_MS = 10_000

/** What was sent, the newest first; read again while it is looked at. */
export function useSendings({ workflow, status }: SendingFilters) {
  return usePages({
    key: ["notifications", { workflow, status }],
    read: (page, signal) =>
      bodyAs<Page<Sending>>(
        api.GET("/api/v1/notifications/", {
          params: {
            query: { workflow: workflow ?? undefined, status: status ?? undefined, ...page },
          },
          signal,
        }),
      ),
    everyMs: (pages) =>
      pages.some(({ results }) => results.some((one) => one.status === "pending"))
        ? ON_ITS_WAY_MS
        : AT_REST_MS,
  })
}

export const resend = (id: string): Promise<Sending> =>
  bodyAs(
    api.POST("/api/v1/notifications/{notification_id}/resend/", {
      params: { path: { notification_id: id } },
    }),
  )

export const useRefreshNotices = () => useRefresh("notices", "notifications")
