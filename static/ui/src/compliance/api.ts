import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { csrfToken } from "../api/client"
import { usePages, useRefresh } from "../api/pages"
import { problemFrom } from "../api/problem"
import type { Page } from "../api/types"
import { periodOf, type CompliancePlace } from "./place"
import type { Alert, Controls, FileType, NewReport, NewSchedule, Report, Schedule } from "./types"

async function call<T>(
  method: string,
  path: string,
  query: Record<string, unknown> = {},
  sent?: unknown,
): Promise<T> {
  const set = Object.entries(query).filter(([, v]) => v !== undefined && v !== null)
  const answer = await fetch(
    `/api/v1/compliance/${path}?${new URLSearchParams(set.map(([k, v]) => [k, String(v)]))}`,
    {
      method,
      headers: { "X-CSRFToken": csrfToken(), "Content-Type": "application/json" },
      body: sent === undefined ? undefined : JSON.stringify(sent),
    },
  )
  if (!answer.ok) throw await problemFrom(answer)
  return (answer.status === 204 ? undefined : await answer.json()) as T
}

/** What was found of each control in the period, for all frameworks. */
export function useControls({ workflow, days }: Pick<CompliancePlace, "workflow" | "days">) {
  const period = periodOf(days, new Date())
  return useQuery({
    queryKey: ["compliance-controls", workflow, period],
    queryFn: () => call<Controls>("GET", "controls/", { workflow, ...period }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
}

export const confirmControl = (key: string, note: string) =>
  call<unknown>("POST", `controls/${key}/confirm/`, {}, { note })

/** Reports as they were made, newest first; those being made are watched. */
export function useReports() {
  return usePages({
    key: ["compliance-reports"],
    read: (page) => call<Page<Report>>("GET", "reports/", { ...page }),
    everyMs: (known) =>
      known.some(({ results }) => results.some(({ status }) => status === "queued" || status === "running"))
        ? 1_000
        : 30_000,
  })
}

export const makeReport = (report: NewReport) => call<Report>("POST", "reports/", {}, report)

export const deleteReport = (id: string) => call<undefined>("DELETE", `reports/${id}/`)

export const fileUrl = (id: string, type: FileType): string =>
  `/api/v1/compliance/reports/${id}/export/?type=${type}`

export function useSchedules() {
  return useQuery({
    queryKey: ["compliance-schedules"],
    queryFn: () => call<Page<Schedule>>("GET", "schedules/"),
  })
}

export const saveSchedule = (id: string | null, schedule: NewSchedule) =>
  id === null
    ? call<Schedule>("POST", "schedules/", {}, schedule)
    : call<Schedule>("PATCH", `schedules/${id}/`, {}, schedule)

export const deleteSchedule = (id: string) => call<undefined>("DELETE", `schedules/${id}/`)

export function useAlerts(state: "open" | "acknowledged") {
  return usePages({
    key: ["compliance-alerts", state],
    read: (page) => call<Page<Alert>>("GET", "alerts/", { state, ...page }),
    everyMs: 60_000,
  })
}

export const acknowledge = (id: string, note: string) =>
  call<Alert>("POST", `alerts/${id}/acknowledge/`, {}, { note })

/** Call what it returns after a change: all of the page is read again. */
export const useRefreshCompliance = () =>
  useRefresh("compliance-controls", "compliance-reports", "compliance-schedules", "compliance-alerts")
