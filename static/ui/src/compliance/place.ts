/** What the page of controls shows, as its address says it. Pure. */
import { FRAMEWORKS, VERDICTS } from "./words"
import type { Framework, Verdict } from "./types"

export const PERIODS = [
  { value: "7", label: "Last 7 days" },
  { value: "30", label: "Last 30 days" },
  { value: "90", label: "Last 90 days" },
  { value: "365", label: "Last year" },
] as const

export type Days = (typeof PERIODS)[number]["value"]

export interface CompliancePlace {
  readonly framework: Framework
  readonly verdict: Verdict | null
  readonly workflow: string | null
  readonly days: Days
  /** The control that is open beside the list. */
  readonly control: string | null
}

export const DEFAULT_DAYS: Days = "30"

export function readPlace(search: string): CompliancePlace {
  const found = new URLSearchParams(search)
  return {
    framework: FRAMEWORKS.find((one) => one === found.get("framework")) ?? "GDPR",
    verdict: VERDICTS.find((one) => one === found.get("verdict")) ?? null,
    workflow: found.get("workflow"),
    days: PERIODS.find(({ value }) => value === found.get("days"))?.value ?? DEFAULT_DAYS,
    control: found.get("control"),
  }
}

export function compliancePath(place: CompliancePlace): string {
  const parameters = new URLSearchParams()
  if (place.framework !== "GDPR") parameters.set("framework", place.framework)
  if (place.verdict) parameters.set("verdict", place.verdict)
  if (place.workflow) parameters.set("workflow", place.workflow)
  if (place.days !== DEFAULT_DAYS) parameters.set("days", place.days)
  if (place.control) parameters.set("control", place.control)
  const text = parameters.toString()
  return text ? `/compliance?${text}` : "/compliance"
}

const HOUR_MS = 3_600_000

/** The period back from the whole hour, so that the same question is asked for a while. */
export function periodOf(days: Days, now: Date): { since: string; until: string } {
  const until = Math.ceil(now.getTime() / HOUR_MS) * HOUR_MS
  return {
    since: new Date(until - Number(days) * 24 * HOUR_MS).toISOString(),
    until: new Date(until).toISOString(),
  }
}
