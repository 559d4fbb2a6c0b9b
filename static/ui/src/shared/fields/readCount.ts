/** A whole number as somebody types it. Pure. */

export type ReadCount = { ok: true; value: number } | { ok: false; why: string }

/** The number, or what is to be typed instead: "A whole number from 1 to 60." */
export function readCount(text: string, least: number, most?: number): ReadCount {
  const trimmed = text.trim()
  const value = Number(trimmed)
  const isWithin = value >= least && (most === undefined || value <= most)
  if (trimmed !== "" && Number.isSafeInteger(value) && isWithin) return { ok: true, value }
  const bounds = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`
  return { ok: false, why: `A whole number ${bounds}.` }
}
