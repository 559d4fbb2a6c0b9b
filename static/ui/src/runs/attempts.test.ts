import { describe, expect, it } from "vitest"

import type { RunEvent } from "../shared/live/frames"
import { attemptsOf } from "./attempts"

const event = (seq: number, type: string, attempt: number, data = {}): RunEvent => ({
  seq,
  at: new Date(1_000 * seq).toISOString(),
  type,
  node: "a",
  attempt,
  data,
})

describe("the attempts of a node", () => {
  it("are read off the events, with what each said", () => {
    const tries = attemptsOf(
      [
        event(1, "node.started", 1),
        event(2, "node.retrying", 1, { error: { message: "429" } }),
        event(5, "node.started", 2),
        event(6, "node.succeeded", 2),
      ],
      "a",
    )

    expect(tries).toEqual([
      { attempt: 1, status: "failed", took: 1000, error: "429" },
      { attempt: 2, status: "succeeded", took: 1000, error: null },
    ])
  })

  it("show one that still runs, and one lost with its worker", () => {
    const tries = attemptsOf([event(1, "node.started", 1), event(9, "node.started", 2)], "a")

    expect(tries.map((item) => [item.status, item.error])).toEqual([
      ["failed", "The worker was lost."],
      ["running", null],
    ])
  })

  it("end with a run that was ended for its driver", () => {
    const end = { ...event(3, "run.failed", 0, { error: { message: "m" } }), node: null }

    expect(attemptsOf([event(1, "node.started", 1), end], "a")).toEqual([
      { attempt: 1, status: "cancelled", took: 2000, error: null },
    ])
  })

  it("are none for another node", () => {
    expect(attemptsOf([event(1, "node.started", 1)], "b")).toEqual([])
  })
})
