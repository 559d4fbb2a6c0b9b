/** The words for what is done with several runs. Pure. */
import type { Run } from "../api/types"
import { count, plural } from "../shared/format"
import { isTerminal, RUN_STATUSES, statusLabel } from "../shared/status"
import type { BulkAction, BulkResult } from "./controlApi"

interface Words {
  verb: string
  /** What happens to those that it fits. */
  effect: string
  /** Why it fits none. */
  none: string
  /** "12 runs started" */
  done: (runs: number) => string
}

export const ACTION_WORDS: Record<BulkAction, Words> = {
  rerun: {
    verb: "Re-run",
    effect: "Each starts once more, with the inputs that it had.",
    none: "None of them has ended.",
    done: (runs) => `${plural(runs, "run")} started`,
  },
  cancel: {
    verb: "Cancel",
    effect: "Those that go on are stopped; what they did stays done.",
    none: "All of them have ended.",
    done: (runs) => `${plural(runs, "run")} cancelled`,
  },
  pause: {
    verb: "Pause",
    effect: "Steps at work finish, nothing new starts.",
    none: "All of them have ended or are paused.",
    done: (runs) => `${plural(runs, "run")} paused or pausing`,
  },
  resume: {
    verb: "Resume",
    effect: "Those that are paused go on where they stood.",
    none: "None of them is paused.",
    done: (runs) => `${plural(runs, "run")} resumed`,
  },
}

/** The runs to which the action can do something, as far as the list knows. */
export function fitting(action: BulkAction, runs: readonly Run[]): readonly Run[] {
  if (action === "rerun") return runs
  if (action === "cancel") return runs.filter((run) => !isTerminal(run.status))
  // a run that is pausing can be resumed, and the list does not know of it
  return runs.filter((run) => !isTerminal(run.status) && (action === "resume" || run.status !== "paused"))
}

/** "2 failed, 10 succeeded" */
export function statesText(runs: readonly Run[]): string {
  const by = new Map<string, number>()
  for (const run of runs) by.set(run.status, (by.get(run.status) ?? 0) + 1)
  return RUN_STATUSES.filter((status) => by.has(status))
    .map((status) => `${count(by.get(status) ?? 0)} ${statusLabel(status).toLowerCase()}`)
    .join(", ")
}

export function problemText({ problem }: BulkResult): string {
  return problem?.detail || problem?.title || "It did not work."
}
