import type { RunEvent } from "../shared/live/frames"
import { cutsShort } from "../shared/live/reduce"
import type { Status } from "../shared/status"

/** One try of a node, read off the run's events. */
export interface Try {
  readonly attempt: number
  readonly status: Status
  /** Milliseconds from start to end; null while it goes on. */
  readonly took: number | null
  readonly error: string | null
}

function messageIn(event: RunEvent): string | null {
  const { error } = event.data
  if (typeof error !== "object" || error === null || !("message" in error)) return null
  return typeof error.message === "string" ? error.message : null
}

const ENDS: Readonly<Record<string, Status>> = {
  "node.retrying": "failed",
  "node.failed": "failed",
  "node.succeeded": "succeeded",
  "node.cancelled": "cancelled",
}

/** The tries of a node in order. One that was started again without an end was lost with its worker. */
export function attemptsOf(events: readonly RunEvent[], node: string): readonly Try[] {
  const tries: Try[] = []
  let startedAt: number | null = null
  const end = (status: Status, event: RunEvent) => {
    const open = tries.at(-1)
    if (!open || startedAt === null) return
    tries[tries.length - 1] = {
      ...open,
      status,
      took: Date.parse(event.at) - startedAt,
      error: messageIn(event),
    }
    startedAt = null
  }
  for (const event of events) {
    if (cutsShort(event)) end("cancelled", { ...event, data: {} })
    if (event.node !== node) continue
    if (event.type === "node.started") {
      const open = tries.at(-1)
      if (startedAt !== null && open)
        tries[tries.length - 1] = { ...open, status: "failed", error: "The worker was lost." }
      startedAt = Date.parse(event.at)
      tries.push({ attempt: event.attempt ?? tries.length + 1, status: "running", took: null, error: null })
    }
    const status = ENDS[event.type]
    if (status) end(status, event)
  }
  return tries
}
