/** The stretch of time that is drawn, and the marks over it. Pure; times in ms since the run began. */

export interface TimeWindow {
  readonly from: number
  readonly to: number
}

export const lengthOf = ({ from, to }: TimeWindow): number => to - from

/** Round distances between marks. */
const STEPS = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000,
  120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000,
  172_800_000, 604_800_000,
]
const LONGEST_STEP = 604_800_000

/** Room behind the last bar for its label. */
const ROOM_FOR_LABELS = 1.17
const SHORTEST = 0.5
/** A run that goes on is drawn on an axis that grows in steps: what is drawn stays where it is in between. */
const FIRST_LIVE = 3_000
const LIVE_GROWTH = 1.5
const LIVE_ROOM = 1.1

/** All of a run that has lasted for `span`. */
export function wholeWindow(span: number, active: boolean): TimeWindow {
  if (!active) return { from: 0, to: Math.max(SHORTEST, span * ROOM_FOR_LABELS) }
  let to = FIRST_LIVE
  while (to < span * LIVE_ROOM) to *= LIVE_GROWTH
  return { from: 0, to }
}

/** The same stretch, shifted so that it lies within the whole. */
function within(window: TimeWindow, whole: TimeWindow): TimeWindow {
  const length = Math.min(lengthOf(window), lengthOf(whole))
  const from = Math.min(Math.max(window.from, whole.from), whole.to - length)
  return { from, to: from + length }
}

/** Closer (`factor` over 1) or further away, with the moment `at` staying where it is. */
export function zoomed(window: TimeWindow, factor: number, at: number, whole: TimeWindow): TimeWindow {
  const length = Math.max(SHORTEST, lengthOf(window) / factor)
  const share = (at - window.from) / lengthOf(window)
  const from = at - share * length
  return within({ from, to: from + length }, whole)
}

export function panned(window: TimeWindow, by: number, whole: TimeWindow): TimeWindow {
  return within({ from: window.from + by, to: window.to + by }, whole)
}

/** Shows a moment that lies outside, at the nearer edge; a window that shows it already stays as it is. */
export function revealing(window: TimeWindow, part: TimeWindow, whole: TimeWindow): TimeWindow {
  if (part.to > window.from && part.from < window.to) return window
  const middle = (part.from + part.to) / 2
  return panned(window, middle - (window.from + window.to) / 2, whole)
}

export const isWhole = (window: TimeWindow, whole: TimeWindow): boolean =>
  lengthOf(window) >= lengthOf(whole) * 0.999

export interface Marks {
  readonly step: number
  readonly at: readonly number[]
}

/** Four to eight round marks. */
export function marksFor(window: TimeWindow): Marks {
  const length = lengthOf(window)
  const step = STEPS.find((size) => length / size <= 7) ?? Math.ceil(length / 7 / LONGEST_STEP) * LONGEST_STEP
  const at: number[] = []
  // A mark close to the end would have its figure cut off.
  for (let index = Math.ceil(window.from / step); index * step < window.from + length * 0.95; index++)
    at.push(index * step)
  return { step, at }
}
