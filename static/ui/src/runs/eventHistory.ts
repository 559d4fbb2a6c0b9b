import type { RunEvent } from "../shared/live/frames"

/**
 * All events of a run from the first on, without a gap. Live events that follow directly are taken at once;
 * on a gap (a page opened in mid run, a snapshot instead of events) the missing ones are to be read.
 */
export class EventHistory {
  readonly events: RunEvent[] = []
  /** Grows with every change: for renders that depend on `events`. */
  version = 0

  get upto(): number {
    return this.events.at(-1)?.seq ?? 0
  }

  /** Takes what follows directly. Returns false when an event is missing before one of these. */
  take(events: readonly RunEvent[]): boolean {
    let complete = true
    for (const event of events) {
      if (event.seq === undefined || event.seq === null || event.seq <= this.upto) continue
      if (event.seq === this.upto + 1) this.events.push(event)
      else complete = false
    }
    this.version++
    return complete
  }
}
