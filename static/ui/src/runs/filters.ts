/** Filters of the run list. They live in the URL, so that a list can be shared, reloaded and gone back to. */

import { RUN_STATUSES, type RunStatus } from "../shared/status"

export const PERIODS = {
  "1h": { label: "last hour", hours: 1 },
  "6h": { label: "last 6 hours", hours: 6 },
  "24h": { label: "last 24 hours", hours: 24 },
  "7d": { label: "last 7 days", hours: 7 * 24 },
  "30d": { label: "last 30 days", hours: 30 * 24 },
} as const
export type Period = keyof typeof PERIODS

/** How runs come about, in the order in which the filter offers them. */
export const TRIGGERS = ["manual", "schedule", "webhook", "workflow", "api"] as const
export type TriggerKind = (typeof TRIGGERS)[number]

export interface RunFilters {
  readonly status: RunStatus | null
  readonly trigger: TriggerKind | null
  readonly workflow: string | null
  readonly search: string
  /** A value that the run was given, or `name:value`. */
  readonly input: string
  readonly period: Period | null
}

export const NO_FILTERS: RunFilters = {
  status: null,
  trigger: null,
  workflow: null,
  search: "",
  input: "",
  period: null,
}

function isTrigger(text: string | null): text is TriggerKind {
  return text !== null && (TRIGGERS as readonly string[]).includes(text)
}

export function isRunStatus(text: string | null): text is RunStatus {
  return text !== null && (RUN_STATUSES as readonly string[]).includes(text)
}

function isPeriod(text: string | null): text is Period {
  return text !== null && Object.hasOwn(PERIODS, text)
}

/** Reads the filters out of a URL's search part; what it does not know it leaves out. */
export function parseFilters(search: string): RunFilters {
  const parameters = new URLSearchParams(search)
  const status = parameters.get("status")
  const period = parameters.get("period")
  const trigger = parameters.get("trigger")
  return {
    trigger: isTrigger(trigger) ? trigger : null,
    input: parameters.get("input") ?? "",
    status: isRunStatus(status) ? status : null,
    workflow: parameters.get("workflow") || null,
    search: parameters.get("search") ?? "",
    period: isPeriod(period) ? period : null,
  }
}

/** The search part of the URL for these filters: "" or "?status=failed&period=24h". */
export function filtersToSearch(filters: RunFilters): string {
  const parameters = new URLSearchParams()
  if (filters.status) parameters.set("status", filters.status)
  if (filters.workflow) parameters.set("workflow", filters.workflow)
  if (filters.search.trim()) parameters.set("search", filters.search.trim())
  if (filters.input.trim()) parameters.set("input", filters.input.trim())
  if (filters.trigger) parameters.set("trigger", filters.trigger)
  if (filters.period) parameters.set("period", filters.period)
  const text = parameters.toString()
  return text ? `?${text}` : ""
}

export function hasFilters(filters: RunFilters): boolean {
  return filtersToSearch(filters) !== ""
}

export interface RunQuery {
  status?: RunStatus
  workflow?: string
  search?: string
  input?: string
  trigger?: TriggerKind
  since?: string
}

/** What the API is asked for. `since` is cut to the minute, so that a re-render asks the same question. */
export function filtersToQuery(filters: RunFilters, now: Date): RunQuery {
  const query: RunQuery = {}
  if (filters.status) query.status = filters.status
  if (filters.workflow) query.workflow = filters.workflow
  if (filters.search.trim()) query.search = filters.search.trim()
  if (filters.input.trim()) query.input = filters.input.trim()
  if (filters.trigger) query.trigger = filters.trigger
  if (filters.period) {
    const since = now.getTime() - PERIODS[filters.period].hours * 3_600_000
    query.since = new Date(Math.floor(since / 60_000) * 60_000).toISOString()
  }
  return query
}
