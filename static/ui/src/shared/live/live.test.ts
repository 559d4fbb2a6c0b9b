import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { RunEvent } from "./frames"
import { nodeAfter, nodeAfterRun, nodeDuration, runAfter } from "./reduce"
import { reconnectDelay, RunSocket } from "./runSocket"
import { StatusStore } from "./statusStore"

const event = (type: string, data: Record<string, unknown> = {}, seq = 1): RunEvent => ({
  seq,
  at: `2026-01-01T00:00:0${seq % 10}Z`,
  type,
  node: type.startsWith("node") ? "a" : null,
  attempt: type.startsWith("node") ? 1 : null,
  data,
})

describe("a node's state", () => {
  it("follows its events", () => {
    const started = nodeAfter(undefined, event("node.started", {}, 1))
    expect(started).toMatchObject({ status: "running", attempt: 1, started_at: "2026-01-01T00:00:01Z" })
    const done = nodeAfter(started, event("node.succeeded", { items: 12 }, 3))
    expect(done).toMatchObject({ status: "succeeded", items: 12 })
    expect(nodeDuration(done, 0)).toBe(2_000)
  })

  it("says of a step that succeeded that its result tells of a failure, until it starts anew", () => {
    const told = nodeAfter(undefined, event("node.succeeded", { returned_error: "model_timeout" }, 3))
    expect(told).toMatchObject({ status: "succeeded", error: null, returned_error: "model_timeout" })
    expect(nodeAfter(told, event("node.started", {}, 4)).returned_error).toBeNull()
  })

  it("keeps the first start over its retries, and the error until it is over", () => {
    const error = { code: "http", message: "429" }
    let state = nodeAfter(undefined, event("node.started", {}, 1))
    state = nodeAfter(state, {
      ...event("node.retrying", { error, next_at: "2026-01-01T00:00:04Z" }, 2),
      attempt: 1,
    })
    expect(state).toMatchObject({ status: "retrying", error, wake_at: "2026-01-01T00:00:04Z" })
    state = nodeAfter(state, { ...event("node.started", {}, 5), attempt: 2 })
    expect(state).toMatchObject({
      status: "running",
      attempt: 2,
      started_at: "2026-01-01T00:00:01Z",
      error: null,
    })
  })

  it("keeps why a node was skipped and what failed", () => {
    expect(nodeAfter(undefined, event("node.skipped", { reason: "branch_not_taken" }))).toMatchObject({
      status: "skipped",
      reason: "branch_not_taken",
    })
    expect(
      nodeAfter(undefined, event("node.failed", { error: { code: "x", message: "m" } })).error?.message,
    ).toBe("m")
  })

  it("does not change for an event it does not know", () => {
    const state = nodeAfter(undefined, event("node.started"))
    expect(nodeAfter(state, event("node.dreamed"))).toBe(state)
  })
})

describe("a node whose run ends", () => {
  const started = nodeAfter(undefined, event("node.started", {}, 1))

  it.each([
    ["run.failed", "run_failed"],
    ["run.cancelled", "run_cancelled"],
  ])("is cancelled by %s while it is open", (type, reason) => {
    const ended = nodeAfterRun(started, event(type, {}, 4))
    expect(ended).toMatchObject({
      status: "cancelled",
      reason,
      attempt: 1,
      finished_at: "2026-01-01T00:00:04Z",
    })
  })

  it("stays as it is when it has ended, or when the run goes on", () => {
    const done = nodeAfter(started, event("node.succeeded", {}, 2))
    expect(nodeAfterRun(done, event("run.failed", {}, 4))).toBe(done)
    expect(nodeAfterRun(started, event("run.resumed", {}, 4))).toBe(started)
  })
})

it("folds the run's own events", () => {
  let run = runAfter({ status: "queued" }, event("run.started", {}, 1))
  run = runAfter(run, event("run.waiting", { wake_at: "2026-01-01T00:01:00Z" }, 2))
  expect(run).toMatchObject({ status: "waiting", wake_at: "2026-01-01T00:01:00Z" })
  run = runAfter(run, event("run.failed", { error: { code: "c", message: "m" } }, 3))
  expect(run).toMatchObject({
    status: "failed",
    error: { message: "m" },
    finished_at: "2026-01-01T00:00:03Z",
  })
})

describe("the status store", () => {
  it("wakes each touched node once for a frame, however many events came", () => {
    const frames: (() => void)[] = []
    const store = new StatusStore((flush) => frames.push(flush))
    const woken = vi.fn()
    const batches = vi.fn()
    store.subscribe("a", woken)
    store.subscribeBatch(batches)
    for (let at = 0; at < 100; at++) store.set("a", nodeAfter(undefined, event("node.started", {}, at)))
    store.set("b", nodeAfter(undefined, event("node.started")))
    expect(woken).not.toHaveBeenCalled()
    expect(frames).toHaveLength(1)
    frames[0]!()
    expect(woken).toHaveBeenCalledTimes(1)
    expect([...batches.mock.calls[0]![0]]).toEqual(["a", "b"])
  })

  it("tells those that a snapshot left out", () => {
    const store = new StatusStore((flush) => flush())
    store.set("gone", nodeAfter(undefined, event("node.started")))
    const woken = vi.fn()
    store.subscribe("gone", woken)
    store.replace({})
    expect(woken).toHaveBeenCalled()
    expect(store.get("gone")).toBeUndefined()
  })
})

class FakeSocket {
  static made: FakeSocket[] = []
  onopen: (() => void) | null = null
  onmessage: ((message: { data: string }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  readyState = 0
  constructor(readonly url: string) {
    FakeSocket.made.push(this)
  }
  send(frame: unknown) {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }
  close() {
    this.onclose?.({ code: 1000 })
  }
}

describe("the run socket", () => {
  const seen: number[] = []
  const states: string[] = []
  const follow = () =>
    new RunSocket({
      runId: "r1",
      after: 4,
      open: (url) => new FakeSocket(url) as unknown as WebSocket,
      random: () => 0.5,
      handlers: {
        onEvents: (events) => seen.push(...events.map((item) => item.seq ?? 0)),
        onSnapshot: () => undefined,
        onConnection: (state) => states.push(state),
      },
    })

  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal("location", { protocol: "http:", host: "lockgate.test" })
    vi.stubGlobal("addEventListener", () => undefined)
    vi.stubGlobal("removeEventListener", () => undefined)
    FakeSocket.made = []
    seen.length = 0
    states.length = 0
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it("asks for what comes after the last event it has, also after a loss, and repeats nothing", () => {
    const socket = follow()
    expect(FakeSocket.made[0]!.url).toContain("/ws/runs/r1/?after=4")
    FakeSocket.made[0]!.send({ events: [event("node.started", {}, 5), event("node.started", {}, 6)] })
    FakeSocket.made[0]!.onclose?.({ code: 1006 })
    vi.advanceTimersByTime(20_000)
    expect(FakeSocket.made[1]!.url).toContain("after=6")
    FakeSocket.made[1]!.send({ events: [event("node.started", {}, 6), event("node.started", {}, 7)] })
    expect(seen).toEqual([5, 6, 7])
    socket.close()
  })

  it("goes on after a snapshot's position", () => {
    const socket = follow()
    FakeSocket.made[0]!.send({ snapshot: { seq: 90, run: { status: "running" }, nodes: {} } })
    FakeSocket.made[0]!.send({ events: [event("node.started", {}, 90), event("node.started", {}, 91)] })
    expect(seen).toEqual([91])
    expect(socket.seq).toBe(90 + 1)
    socket.close()
  })

  it("does not come back when it was refused", () => {
    follow()
    FakeSocket.made[0]!.onclose?.({ code: 4404 })
    vi.advanceTimersByTime(60_000)
    expect(FakeSocket.made).toHaveLength(1)
    expect(states.at(-1)).toBe("refused")
  })

  it("waits longer after each failure, never more than ten seconds, never in step", () => {
    const top = [0, 1, 2, 10].map((failures) => reconnectDelay(failures, () => 1))
    expect(top).toEqual([400, 800, 1_600, 10_000])
    expect(reconnectDelay(3, () => 0)).toBeGreaterThan(0)
  })
})
