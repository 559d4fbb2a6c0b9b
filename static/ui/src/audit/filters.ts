/** What the audit page shows, as its address says it. Pure. */

export const DECISIONS = [
  { value: "allowed", label: "Allowed" },
  { value: "denied", label: "Denied" },
] as const

export const PERIODS = [
  { value: "hour", label: "last hour" },
  { value: "day", label: "last 24 hours" },
  { value: "week", label: "last 7 days" },
  { value: "month", label: "last 30 days" },
] as const

/** An action that ends in a dot stands for all that begin so. */
export const ACTIONS = [
  { value: "workflow.", label: "Workflows" },
  { value: "run.", label: "Runs" },
  { value: "trigger.", label: "Triggers" },
  { value: "approval.", label: "Approvals" },
  { value: "dataset.", label: "Datasets" },
  { value: "credential.", label: "Credentials" },
  { value: "data.", label: "Revealed values" },
  { value: "policy.", label: "Policies" },
  { value: "mask.", label: "Masking rules" },
  { value: "grant.", label: "Sharing" },
  { value: "access.", label: "Requests for access" },
  { value: "role.", label: "Roles" },
  { value: "user.", label: "People" },
  { value: "token.", label: "API tokens" },
  { value: "session.", label: "Signing in and out" },
] as const

export type Decision = (typeof DECISIONS)[number]["value"]
export type Period = (typeof PERIODS)[number]["value"]
export type ActionGroup = (typeof ACTIONS)[number]["value"]

export interface AuditPlace {
  readonly search: string
  readonly action: ActionGroup | null
  readonly decision: Decision | null
  readonly when: Period | null
  /** The entry that is open beside the list. */
  readonly entry: number | null
}

const oneOf = <T extends string>(choices: readonly { value: T }[], value: string | null): T | null =>
  choices.find((choice) => choice.value === value)?.value ?? null

export function readPlace(search: string): AuditPlace {
  const found = new URLSearchParams(search)
  const entry = Number(found.get("entry"))
  return {
    search: found.get("search") ?? "",
    action: oneOf(ACTIONS, found.get("action")),
    decision: oneOf(DECISIONS, found.get("decision")),
    when: oneOf(PERIODS, found.get("when")),
    entry: Number.isSafeInteger(entry) && entry > 0 ? entry : null,
  }
}

export function auditPath(place: AuditPlace): string {
  const parameters = new URLSearchParams()
  if (place.search.trim()) parameters.set("search", place.search.trim())
  for (const key of ["action", "decision", "when"] as const) {
    const value = place[key]
    if (value) parameters.set(key, value)
  }
  if (place.entry !== null) parameters.set("entry", String(place.entry))
  const text = parameters.toString()
  return text ? `/audit?${text}` : "/audit"
}

export const isFiltered = ({ search, action, decision, when }: AuditPlace): boolean =>
  Boolean(search.trim() || action || decision || when)

const HOURS: Readonly<Record<Period, number>> = { hour: 1, day: 24, week: 24 * 7, month: 24 * 30 }

/** Since when, as the API takes it; the whole minute, so that the same question is asked for a while. */
export function sinceOf(when: Period | null, now: Date): string | undefined {
  if (when === null) return undefined
  const minute = 60_000
  const upto = Math.floor(now.getTime() / minute) * minute
  return new Date(upto - HOURS[when] * 60 * minute).toISOString()
}
