import { describe, expect, it } from "vitest"

import type { RunEvent } from "../shared/live/frames"
import { EventHistory } from "./eventHistory"

const event = (seq?: number): RunEvent => ({
  seq,
  at: "",
  type: "node.started",
  node: "a",
  attempt: 1,
  data: {},
})
const seqs = (history: EventHistory) => history.events.map((item) => item.seq)

describe("the history of a run's events", () => {
  it("takes what follows, once", () => {
    const history = new EventHistory()

    expect(history.take([event(1), event(2)])).toBe(true)
    expect(history.take([event(2), event(3)])).toBe(true)
    expect(seqs(history)).toEqual([1, 2, 3])
  })

  it("tells of a gap, and closes it when the missing ones come", () => {
    const history = new EventHistory()

    expect(history.take([event(5)])).toBe(false)
    expect(history.take([1, 2, 3, 4, 5].map(event))).toBe(true)
    expect(history.upto).toBe(5)
  })

  it("leaves out progress, which has no number", () => {
    const history = new EventHistory()

    expect(history.take([event(undefined)])).toBe(true)
    expect(seqs(history)).toEqual([])
  })
})
