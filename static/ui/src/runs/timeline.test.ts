import { describe, expect, it } from "vitest"

import type { GraphDocument } from "../api/types"
import type { RunEvent } from "../shared/live/frames"
import { axisFor, buildTimeline, criticalPath, workedFor } from "./timeline"

const START = Date.parse("2026-11-23T10:00:00.000Z")
const iso = (ms: number) => new Date(START + ms).toISOString()

function history(...entries: [number, string, string?, Record<string, unknown>?, number?][]): RunEvent[] {
  return entries.map(([ms, type, node, data, attempt], index) => ({
    seq: index + 1,
    at: iso(ms),
    type,
    node: node ?? null,
    attempt: attempt ?? null,
    data: data ?? {},
  }))
}

describe("the timeline", () => {
  it("shows queue, run and end of a node", () => {
    const timeline = buildTimeline(
      history(
        [0, "run.queued"],
        [10, "run.started"],
        [30, "node.started", "a", { ready_at: iso(10) }, 1],
        [130, "node.succeeded", "a"],
        [140, "run.succeeded"],
      ),
      START + 10_000,
    )

    expect(timeline.span).toBe(130)
    expect(timeline.rows.get("a")?.segments).toEqual([
      { kind: "queued", from: 0, to: 20, attempt: 1 },
      { kind: "ran", from: 20, to: 120, attempt: 1 },
    ])
  })

  it("shows each failed try and the back-off behind it", () => {
    const timeline = buildTimeline(
      history(
        [0, "run.queued"],
        [0, "node.started", "a", {}, 1],
        [100, "node.retrying", "a", { delay_s: 0.2 }, 1],
        [300, "node.started", "a", {}, 2],
        [350, "node.failed", "a", {}, 2],
        [360, "run.failed"],
      ),
      START,
    )

    const row = timeline.rows.get("a")!
    expect(row.segments.map((part) => part.kind)).toEqual(["failed", "backoff", "failed"])
    expect(row.attempts).toBe(2)
    expect(workedFor(row)).toBe(150)
  })

  it("lets what is open grow to now", () => {
    const timeline = buildTimeline(history([0, "run.queued"], [10, "node.started", "a", {}, 1]), START + 500)

    expect(timeline.rows.get("a")?.segments.at(-1)).toEqual({
      kind: "running",
      from: 10,
      to: 500,
      attempt: 1,
    })
    expect(timeline.span).toBe(500)
  })

  it("shows a parked node as waiting, and as waited once it went on", () => {
    const parked = history([0, "run.queued"], [10, "node.started", "a", {}, 1], [12, "node.waiting", "a"])
    const done = [...parked, ...history([900, "node.succeeded", "a"]).map((event) => ({ ...event, seq: 9 }))]

    expect(
      buildTimeline(parked, START + 100)
        .rows.get("a")
        ?.segments.at(-1)?.kind,
    ).toBe("waiting")
    expect(
      buildTimeline(done, START + 1000)
        .rows.get("a")
        ?.segments.at(-1)?.kind,
    ).toBe("waited")
  })

  it("counts an attempt lost with its worker as a failed try", () => {
    const timeline = buildTimeline(
      history([0, "run.queued"], [0, "node.started", "a", {}, 1], [500, "node.started", "a", {}, 2]),
      START + 600,
    )

    expect(timeline.rows.get("a")?.segments.map((part) => part.kind)).toEqual(["failed", "running"])
  })

  it("ends what is open with a run that was ended for its driver", () => {
    const timeline = buildTimeline(
      history([0, "run.queued"], [0, "run.started"], [10, "node.started", "a", {}, 1], [50, "run.failed"]),
      START + 600,
    )

    expect(timeline.rows.get("a")?.segments.map((part) => [part.kind, part.to])).toEqual([["cancelled", 50]])
  })

  it("keeps skipped and cancelled apart", () => {
    const timeline = buildTimeline(
      history(
        [0, "run.queued"],
        [5, "node.started", "a"],
        [9, "node.cancelled", "a"],
        [9, "node.skipped", "b"],
      ),
      START,
    )

    expect(timeline.rows.get("a")?.segments[0]?.kind).toBe("cancelled")
    expect(timeline.rows.get("b")).toMatchObject({ skipped: true, segments: [] })
  })
})

describe("the axis", () => {
  it.each([1, 7, 99, 4800, 62_000, 3_600_000, 90_000_000])("has few round marks for %d ms", (span) => {
    const axis = axisFor(span)

    expect(axis.marks.length).toBeGreaterThanOrEqual(2)
    expect(axis.marks.length).toBeLessThanOrEqual(8)
    expect(axis.length).toBeGreaterThan(span)
  })
})

describe("the critical path", () => {
  it("walks back from the last end by the latest source", () => {
    const timeline = buildTimeline(
      history(
        [0, "run.queued"],
        [0, "node.started", "load"],
        [10, "node.succeeded", "load"],
        [10, "node.started", "fast"],
        [10, "node.started", "slow"],
        [20, "node.succeeded", "fast"],
        [90, "node.succeeded", "slow"],
        [91, "node.started", "join"],
        [99, "node.succeeded", "join"],
      ),
      START + 99,
    )
    const graph: GraphDocument = {
      nodes: ["load", "fast", "slow", "join"].map((id) => ({ id, type: "WaitNode" })),
      connections: [wire("load", "fast"), wire("load", "slow"), wire("fast", "join"), wire("slow", "join")],
    }

    expect([...criticalPath(timeline, graph)]).toEqual(["join", "slow", "load"])
  })

  it("leads past a frame, whatever runs inside", () => {
    const events = history(
      [0, "run.queued"],
      [0, "node.started", "load"],
      [10, "node.succeeded", "load"],
      [10, "node.started", "each"],
      [20, "node.started", "each/1/score"],
      [50, "node.succeeded", "each/1/score"],
      [60, "node.succeeded", "each"],
    )
    const rows = new Map([
      ["load", "load"],
      ["each", "each"],
      ["each/1/score", "score"],
    ])
    const timeline = buildTimeline(events, START + 99, (path) => rows.get(path))
    const graph: GraphDocument = {
      nodes: [
        { id: "load", type: "WaitNode" },
        { id: "each", type: "MapNode" },
        { id: "score", type: "WaitNode", parent: "each" },
      ],
      connections: [wire("load", "each"), wire("each", "score"), wire("score", "each")],
    }

    expect([...criticalPath(timeline, graph)]).toEqual(["each", "load"])
    expect(timeline.rows.get("score")?.segments).toEqual([{ kind: "ran", from: 20, to: 50, attempt: 1 }])
  })

  it("has no row for an iteration that is not shown", () => {
    const timeline = buildTimeline(
      history([0, "run.queued"], [5, "node.started", "each/2/score"], [9, "node.succeeded", "each/2/score"]),
      START + 99,
      (path) => (path === "each/1/score" ? "score" : undefined),
    )

    expect(timeline.rows.size).toBe(0)
  })
})

const wire = (source: string, target: string) => ({ source, output: "result", target, input: "value" })
