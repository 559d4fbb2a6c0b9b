/** Level of detail: what is worth mounting as components. Pure. */
export type Mode = "detail" | "overview"

/** Two thresholds each way, so that a viewport resting on one of them does not flicker. */
export function nextMode(mode: Mode, zoom: number, visible: number): Mode {
  if (mode === "detail") return zoom < 0.45 || visible > 250 ? "overview" : "detail"
  return zoom > 0.5 && visible < 200 ? "detail" : "overview"
}

/** `have` moved towards `want`: at most `drops` fewer and `adds` more. `want` itself once it is reached. */
export function approach<T>(
  have: ReadonlySet<T>,
  want: ReadonlySet<T>,
  adds: number,
  drops: number,
): ReadonlySet<T> {
  const next = new Set(have)
  for (const item of have) if (!want.has(item) && drops-- > 0) next.delete(item)
  for (const item of want) if (!have.has(item) && adds-- > 0) next.add(item)
  return next.size === want.size && [...next].every((item) => want.has(item)) ? want : next
}
