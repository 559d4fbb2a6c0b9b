/** The little bars of a workflow's last runs: height by duration, colour by state. */

import type { RunStatus } from "../shared/status"

export interface LastRun {
  readonly id: string
  readonly status: RunStatus
  readonly duration_ms: number | null
  readonly created_at: string
}

export interface Bar {
  readonly id: string
  readonly status: RunStatus
  /** Per cent of the full height, 20 to 80: a failed bar has a cap above. */
  readonly height: number
}

/** Oldest first. The longest run stands at 80; one that has not ended at 60. */
export function barsOf(newestFirst: readonly LastRun[]): readonly Bar[] {
  const longest = Math.max(1, ...newestFirst.map((run) => run.duration_ms ?? 0))
  return [...newestFirst].reverse().map((run) => ({
    id: run.id,
    status: run.status,
    height: run.duration_ms === null ? 60 : Math.round(20 + 60 * (run.duration_ms / longest)),
  }))
}

/** What a screen reader hears for the bars: "Last 10 runs: 8 succeeded, 2 failed". */
export function barsLabel(runs: readonly LastRun[]): string {
  const counts = new Map<string, number>()
  for (const run of runs) counts.set(run.status, (counts.get(run.status) ?? 0) + 1)
  const parts = [...counts].map(([status, count]) => `${count} ${status}`)
  return `Last ${runs.length === 1 ? "run" : `${runs.length} runs`}: ${parts.join(", ")}`
}

/** The middle one of the durations of runs that succeeded; null when none did. */
export function usualDuration(runs: readonly LastRun[]): number | null {
  const durations = runs
    .filter((run) => run.status === "succeeded" && run.duration_ms !== null)
    .map((run) => run.duration_ms ?? 0)
    .sort((a, b) => a - b)
  return durations[Math.floor((durations.length - 1) / 2)] ?? null
}
