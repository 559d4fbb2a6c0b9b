import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { api, body, bodyAs } from "../api/client"
import { usePages, useRefresh } from "../api/pages"
import { periodOf, type CompliancePlace } from "./place"
import type {
  Alert,
  Controls,
  FileType,
  NewReport,
  NewSchedule,
  Report,
  Schedule,
  SentReport,
  SentSchedule,
} from "./types"

/** What was found of each control in the period, for all frameworks. */
export function useControls({ workflow, days }: Pick<CompliancePlace, "workflow" | "days">) {
  const query = { workflow: workflow ?? undefined, ...periodOf(days, new Date()) }
  return useQuery({
    queryKey: ["compliance-controls", query],
    queryFn: ({ signal }) =>
      bodyAs<Controls>(api.GET("/api/v1/compliance/controls/", { params: { query }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
}

export async function confirmControl(control: string, note: string): Promise<void> {
  await api.POST("/api/v1/compliance/controls/{control}/confirm/", {
    params: { path: { control } },
    body: { note },
  })
}

/** Reports as they were made, newest first; those being made are watched. */
export function useReports() {
  return usePages({
    key: ["compliance-reports"],
    read: (page, signal) => body(api.GET("/api/v1/compliance/reports/", { params: { query: page }, signal })),
    everyMs: (known) =>
      known.some(({ results }) => results.some(({ status }) => status === "queued" || status === "running"))
        ? 1_000
        : 30_000,
  })
}

export const makeReport = (report: NewReport): Promise<Report> =>
  body(api.POST("/api/v1/compliance/reports/", { body: report as SentReport }))

export const fileUrl = (id: string, type: FileType): string =>
  `/api/v1/compliance/reports/${id}/export/?type=${type}`

/** The first of them: a workspace has few. */
export function useSchedules() {
  return useQuery({
    queryKey: ["compliance-schedules"],
    queryFn: () => body(api.GET("/api/v1/compliance/schedules/", { params: { query: { limit: 100 } } })),
  })
}

const at = (id: string) => ({ params: { path: { schedule_id: id } } })

export const saveSchedule = (id: string | null, schedule: NewSchedule): Promise<Schedule> =>
  id === null
    ? body(api.POST("/api/v1/compliance/schedules/", { body: schedule as SentSchedule }))
    : body(
        api.PATCH("/api/v1/compliance/schedules/{schedule_id}/", {
          ...at(id),
          body: schedule as SentSchedule,
        }),
      )

export async function deleteSchedule(id: string): Promise<void> {
  await api.DELETE("/api/v1/compliance/schedules/{schedule_id}/", at(id))
}

export function useAlerts(state: "open" | "acknowledged") {
  return usePages({
    key: ["compliance-alerts", state],
    read: (page, signal) =>
      body(api.GET("/api/v1/compliance/alerts/", { params: { query: { state, ...page } }, signal })),
    everyMs: 60_000,
  })
}

export const acknowledge = (id: string, note: string): Promise<Alert> =>
  body(
    api.POST("/api/v1/compliance/alerts/{alert_id}/acknowledge/", {
      params: { path: { alert_id: id } },
      body: { note },
    }),
  )

/** Call what it returns after a change: all of the page is read again. */
export const useRefreshCompliance = () =>
  useRefresh("compliance-controls", "compliance-reports", "compliance-schedules", "compliance-alerts")
