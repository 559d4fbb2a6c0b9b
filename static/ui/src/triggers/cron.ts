/** Schedules as people set them, and the five cron fields that say the same. Pure. */

export type Plan =
  | { every: "minutes"; step: number }
  | { every: "hour"; minute: number }
  | { every: "day"; hour: number; minute: number }
  | { every: "week"; days: readonly number[]; hour: number; minute: number }
  | { every: "month"; day: number; hour: number; minute: number }

/** Sunday is 0, as cron counts; shown from Monday on. */
export const WEEK = [1, 2, 3, 4, 5, 6, 0] as const
export const DAY_NAMES = [
  "Sunday",
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
] as const

export function cronOf(plan: Plan): string {
  switch (plan.every) {
    case "minutes":
      return plan.step === 1 ? "* * * * *" : `*/${plan.step} * * * *`
    case "hour":
      return `${plan.minute} * * * *`
    case "day":
      return `${plan.minute} ${plan.hour} * * *`
    case "week":
      return `${plan.minute} ${plan.hour} * * ${daysField(plan.days)}`
    case "month":
      return `${plan.minute} ${plan.hour} ${plan.day} * *`
  }
}

function daysField(days: readonly number[]): string {
  const sorted = [...new Set(days)].sort((a, b) => a - b)
  return sorted.join(",") === "1,2,3,4,5" ? "1-5" : sorted.join(",")
}

/** The plan that a cron text is; null for one that only cron can say. */
export function planOf(cron: string): Plan | null {
  const [minute = "", hour = "", day = "", month = "", weekday = "", extra] = cron.trim().split(/\s+/)
  if (extra !== undefined || month !== "*") return null
  const isDaily = day === "*" && weekday === "*"
  if (hour === "*" && isDaily) {
    const step = minute === "*" ? 1 : numberIn(/^\*\/(\d+)$/.exec(minute)?.[1], 1, 59)
    if (step !== null) return { every: "minutes", step }
    const at = numberIn(minute, 0, 59)
    return at === null ? null : { every: "hour", minute: at }
  }
  const at = { hour: numberIn(hour, 0, 23), minute: numberIn(minute, 0, 59) }
  if (at.hour === null || at.minute === null) return null
  const time = { hour: at.hour, minute: at.minute }
  if (isDaily) return { every: "day", ...time }
  if (day === "*") {
    const days = daysOf(weekday)
    return days && { every: "week", days, ...time }
  }
  const onDay = numberIn(day, 1, 31)
  return weekday === "*" && onDay !== null ? { every: "month", day: onDay, ...time } : null
}

function daysOf(field: string): number[] | null {
  const days: number[] = []
  for (const part of field.split(",")) {
    const [from, to = from] = part.split("-")
    const [first, last] = [numberIn(from, 0, 6), numberIn(to, 0, 6)]
    if (first === null || last === null || last < first) return null
    for (let day = first; day <= last; day++) days.push(day)
  }
  return days
}

function numberIn(text: string | undefined, least: number, most: number): number | null {
  if (text === undefined || !/^\d{1,2}$/.test(text)) return null
  const value = Number(text)
  return value >= least && value <= most ? value : null
}

const two = (value: number): string => String(value).padStart(2, "0")

export const timeText = ({ hour, minute }: { hour: number; minute: number }): string =>
  `${two(hour)}:${two(minute)}`

/** “Monday to Friday at 09:00”; the cron text itself where there are no shorter words. */
export function cronWords(cron: string): string {
  const plan = planOf(cron)
  if (!plan) return cron
  switch (plan.every) {
    case "minutes":
      return plan.step === 1 ? "Every minute" : `Every ${plan.step} minutes`
    case "hour":
      return plan.minute === 0 ? "Every hour" : `Every hour at ${plan.minute} past`
    case "day":
      return `Every day at ${timeText(plan)}`
    case "week":
      return `${daysWords(plan.days)} at ${timeText(plan)}`
    case "month":
      return `On day ${plan.day} of the month at ${timeText(plan)}`
  }
}

function daysWords(days: readonly number[]): string {
  if (daysField(days) === "1-5") return "Monday to Friday"
  const names = WEEK.filter((day) => days.includes(day)).map((day) => DAY_NAMES[day])
  return names.length > 2 ? names.map((name) => name.slice(0, 3)).join(", ") : names.join(" and ")
}

/** `Mon 24 Nov 2026, 09:00` and `+01:00` of a time that carries its zone's offset: as the clock there shows it. */
export function asLocal(iso: string): { text: string; offset: string } {
  const [, date = "", time = "", zone = ""] =
    /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::[\d.]+)?(.*)$/.exec(iso) ?? []
  const words = new Date(`${date}T12:00:00Z`).toLocaleDateString("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  })
  return { text: `${words.replace(",", "")}, ${time}`, offset: zone === "Z" ? "+00:00" : zone }
}
