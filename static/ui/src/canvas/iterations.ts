/** What a loop's or a map's count of iterations says. Pure. */
import type { Iterations } from "../shared/live/statusStore"

/** The highest number that has started. Iterations start in their order. */
export function lastStarted({ done, failed, running, failed_first: listed }: Iterations): number {
  return Math.max(done + failed + running.length, ...running, ...listed)
}

/** The next failed iteration after this one, and the first again after the last; null when none failed. */
export function nextFailed({ failed_first: listed }: Iterations, shown: number): number | null {
  return listed.find((number) => number > shown) ?? listed[0] ?? null
}
