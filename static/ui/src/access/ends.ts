/** When something that is given ends. Pure. */

export const ENDS = [
  { value: "hour", label: "in an hour" },
  { value: "day", label: "in a day" },
  { value: "week", label: "in a week" },
  { value: "month", label: "in 30 days" },
  { value: "never", label: "never" },
] as const

export type End = (typeof ENDS)[number]["value"]

const HOURS: Readonly<Record<Exclude<End, "never">, number>> = {
  hour: 1,
  day: 24,
  week: 24 * 7,
  month: 24 * 30,
}

/** The moment, as the API takes it; null for no end. */
export function endOf(end: End, now: Date): string | null {
  return end === "never" ? null : new Date(now.getTime() + HOURS[end] * 3_600_000).toISOString()
}
