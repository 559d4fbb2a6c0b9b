/** Figures and times as people read them. All pure; the locale and zone are the browser's. */

/** `8 ms`, `0.21 s`, `4.6 s`, `2 min`, `1 h 5 min`, `3 d 2 h`. */
export function duration(ms: number): string {
  if (ms < 100) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 1_000) return `${(ms / 1_000).toFixed(2)} s`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  const seconds = Math.floor((ms % 60_000) / 1_000)
  if (minutes < 60) return seconds && minutes < 10 ? `${minutes} min ${seconds} s` : `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`
  return hours % 24 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${Math.floor(hours / 24)} d`
}

/** `just now`, `3 min ago`, `2 h ago`, `yesterday`, then the date. */
export function ago(iso: string, now: Date = new Date()): string {
  const at = new Date(iso)
  const minutes = Math.floor((now.getTime() - at.getTime()) / 60_000)
  if (minutes < 1) return "just now"
  if (minutes < 60) return `${minutes} min ago`
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`
  if (minutes < 48 * 60) return "yesterday"
  return date(iso, now)
}

/** `in 40 s`, `in 3 min`; `now` when it has passed. */
export function until(iso: string, now: Date = new Date()): string {
  const ms = new Date(iso).getTime() - now.getTime()
  return ms <= 0 ? "now" : `in ${duration(ms)}`
}

/** `09:41` */
export function clock(iso: string | Date): string {
  return new Date(iso).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hour12: false })
}

/** `09:41:07.312` */
export function clockExact(iso: string): string {
  const at = new Date(iso)
  const time = at.toLocaleTimeString(undefined, { hour12: false })
  return `${time}.${String(at.getMilliseconds()).padStart(3, "0")}`
}

/** `12 Mar`, with the year when it is another one. */
export function date(iso: string, now: Date = new Date()): string {
  const at = new Date(iso)
  const year = at.getFullYear() === now.getFullYear() ? undefined : "numeric"
  return at.toLocaleDateString(undefined, { day: "numeric", month: "short", year })
}

/** `12 Mar 2026, 09:41:07`: for titles and facts. */
export function moment(iso: string): string {
  return new Date(iso).toLocaleString(undefined, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  })
}

const UNITS = ["B", "KiB", "MiB", "GiB"] as const

/** `812 B`, `1.4 KiB`, `64 MiB`. */
export function bytes(size: number): string {
  let unit = 0
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024
    unit++
  }
  const digits = unit > 0 && size < 10 ? 1 : 0
  return `${size.toFixed(digits).replace(/\.0$/, "")} ${UNITS[unit]}`
}

/** `8,759` */
export const count = (value: number): string => value.toLocaleString("en")

/** `1 item`, `3 items`, `8,759 rows`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** Seconds as they are set: `5 s`, `0.25 s`, `2 min`. */
export const seconds = (value: number): string => duration(value * 1_000).replace(/\.0 s$/, " s")
