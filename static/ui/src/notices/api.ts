import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query"
import { api, bodyAs } from "../api/client"
import { cursorOf } from "../api/cursor"
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

/** What was sent, the newest first; read again while it is looked at. */
export function useSendings({ workflow, status }: SendingFilters) {
  return useInfiniteQuery({
    queryKey: ["notifications", { workflow, status }],
    queryFn: ({ pageParam, signal }) =>
      bodyAs<Page<Sending>>(
        api.GET("/api/v1/notifications/", {
          params: {
            query: {
              workflow: workflow ?? undefined,
              status: status ?? undefined,
              limit: 50,
              cursor: pageParam ?? undefined,
            },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => cursorOf(page.next),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  })
}

export const resend = (id: string): Promise<Sending> =>
  bodyAs(
    api.POST("/api/v1/notifications/{notification_id}/resend/", {
      params: { path: { notification_id: id } },
    }),
  )

export function useRefreshNotices(): () => Promise<void> {
  const client = useQueryClient()
  return async () => {
    await Promise.all(
      ["notices", "notifications"].map((key) => client.invalidateQueries({ queryKey: [key] })),
    )
  }
}
