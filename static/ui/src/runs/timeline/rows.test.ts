import { describe, expect, it } from "vitest"

import type { RunEvent } from "../../shared/live/frames"
import { cutShort, endOf, lookOf, rowAfter, rowFrom, type Row, waitedFor, workedFor } from "./rows"

const START = Date.parse("2026-11-23T10:00:00.000Z")
const iso = (ms: number) => new Date(START + ms).toISOString()

type Entry = [ms: number, type: string, attempt?: number, data?: Record<string, unknown>]

const event = ([ms, type, attempt, data]: Entry): RunEvent => ({
  seq: 1,
  at: iso(ms),
  type: `node.${type}`,
  node: "a",
  attempt: attempt ?? 1,
  data: data ?? {},
})

const after = (...entries: Entry[]): Row =>
  entries.reduce<Row>((row, entry) => rowAfter(row, event(entry)), { attempts: [] })

/** Each attempt's stretches with their looks, in ms since the start. */
const looks = ({ attempts }: Row) =>
  attempts.map((one) =>
    one.segments.map((part, index) => [
      lookOf(one, index),
      part.from - START,
      part.to === null ? null : part.to - START,
    ]),
  )

describe("a row, moved on by events", () => {
  it("shows queue, work and end of a node", () => {
    const row = after([30, "started", 1, { ready_at: iso(10) }], [130, "succeeded"])

    expect(looks(row)).toEqual([
      [
        ["queued", 10, 30],
        ["ran", 30, 130],
      ],
    ])
    expect(row.attempts[0]?.status).toBe("succeeded")
  })

  it("shows each failed try and the back-off behind it", () => {
    const row = after(
      [0, "started"],
      [100, "retrying", 1, { error: { code: "rate_limited", message: "429" } }],
      [300, "started", 2],
      [350, "failed", 2],
    )

    expect(looks(row)).toEqual([
      [
        ["failed", 0, 100],
        ["backoff", 100, 300],
      ],
      [["failed", 300, 350]],
    ])
    expect(row.attempts[0]?.errorCode).toBe("rate_limited")
    expect(workedFor(row.attempts, START + 350)).toBe(150)
  })

  it("leaves open what goes on", () => {
    const row = after([10, "started"])

    expect(looks(row)).toEqual([[["running", 10, null]]])
    expect(endOf(row, START + 500)).toBe(START + 500)
  })

  it("shows a parked node as waiting, and as waited once it went on", () => {
    const parked = after([10, "started"], [12, "waiting"])
    const done = rowAfter(parked, event([900, "succeeded"]))

    expect(looks(parked)[0]?.at(-1)).toEqual(["waiting", 12, null])
    expect(looks(done)[0]?.at(-1)).toEqual(["waited", 12, 900])
    expect(waitedFor(done.attempts, START)).toBe(888)
  })

  it("goes on with the same attempt when a parked node is resumed", () => {
    const row = after([0, "started"], [5, "waiting"], [50, "started"], [60, "succeeded"])

    expect(looks(row)).toEqual([
      [
        ["ran", 0, 5],
        ["waited", 5, 50],
        ["ran", 50, 60],
      ],
    ])
  })

  it("counts an attempt lost with its worker as a failed try", () => {
    expect(looks(after([0, "started"], [500, "started", 2]))).toEqual([
      [["failed", 0, 500]],
      [["running", 500, null]],
    ])
  })

  it("ends what is open with its run", () => {
    expect(looks(cutShort(after([10, "started"]), START + 50))).toEqual([[["cancelled", 10, 50]]])
  })

  it("stays as it is where nothing is open", () => {
    const done = after([10, "started"], [20, "succeeded"])

    expect(cutShort(done, START + 50)).toEqual(done)
    expect(rowAfter(done, event([90, "progress"]))).toBe(done)
  })
})

it("reads a row as the API tells it", () => {
  const row = rowFrom({
    node: "a",
    attempts: [
      {
        attempt: 1,
        status: "failed",
        error_code: "timeout",
        segments: [
          { kind: "run", from: iso(0), to: iso(40) },
          { kind: "retry", from: iso(40), to: null },
        ],
      },
    ],
  })

  expect(looks(row)).toEqual([
    [
      ["failed", 0, 40],
      ["backoff", 40, null],
    ],
  ])
})
