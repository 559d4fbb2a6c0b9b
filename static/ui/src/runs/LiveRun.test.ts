import { describe, expect, it, vi } from "vitest"

import type { LogEntry, RunDetail } from "../api/types"
import type { RunEvent } from "../shared/live/frames"
import type { RunSocketHandlers } from "../shared/live/runSocket"
import { StatusStore } from "../shared/live/statusStore"
import { LiveRun } from "./LiveRun"

const AT = "2026-11-23T10:00:00Z"
const event = (seq: number, type: string, node: string | null = null, data = {}): RunEvent => ({
  seq,
  at: AT,
  type,
  node,
  attempt: 1,
  data,
})

const DETAIL = {
  id: "r1",
  status: "running",
  started_at: AT,
  finished_at: null,
  wake_at: null,
  error: null,
  nodes: {},
  can: ["run.data"],
  seq: 2,
} as unknown as RunDetail

function setUp(lines: LogEntry[] = [], detail: RunDetail = DETAIL) {
  const ports = {
    handlers: null as RunSocketHandlers | null,
    close: vi.fn(),
    timelines: 0,
    onNodeFailed: vi.fn(),
    onEnd: vi.fn(),
    onAccess: vi.fn(),
  }
  const live = new LiveRun(
    detail,
    {
      openSocket: (_after, handlers) => {
        ports.handlers = handlers
        return { close: ports.close }
      },
      readTimeline: async (_container, take) => {
        ports.timelines++
        take({ results: [], critical_path: [], started_at: AT, finished_at: null, seq: 0, next: null })
      },
      readLogs: async (after, take) =>
        take(
          lines.filter((line) => line.pos > after),
          {},
        ),
      onAccess: ports.onAccess,
      onNodeFailed: ports.onNodeFailed,
      onEnd: ports.onEnd,
    },
    new StatusStore((flush) => flush()),
  )
  live.start()
  return { live, ports }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0))

describe("a run as it happens", () => {
  it("reads the timeline, not all events", async () => {
    const { live, ports } = setUp()
    await settled()

    expect(live.timeline.isKnown).toBe(true)
    expect(ports.timelines).toBe(1)
  })

  it("leaves no node at work in a run that was ended for its driver", async () => {
    const { live, ports } = setUp()
    await settled()

    ports.handlers?.onEvents([event(3, "node.started", "a"), event(4, "run.failed")])

    expect(live.statuses.get("a")).toMatchObject({ status: "cancelled", reason: "run_failed" })
  })

  it("moves nodes and the run by events from the socket", async () => {
    const { live, ports } = setUp()
    await settled()

    ports.handlers?.onEvents([
      event(3, "node.started", "a"),
      event(4, "node.failed", "a", { error: { code: "x", message: "no" } }),
      event(5, "run.failed", null, { error: { code: "x", message: "no" } }),
    ])

    expect(live.statuses.get("a")?.status).toBe("failed")
    expect(live.store.getState().run.status).toBe("failed")
    expect(live.timeline.get("a")?.attempts[0]?.status).toBe("failed")
    expect(ports.onNodeFailed).toHaveBeenCalledOnce()
    expect(ports.onEnd).toHaveBeenCalledOnce()
  })

  it("reads the timeline again after a gap, and at the end for the critical path", async () => {
    const { ports } = setUp()
    await settled()

    ports.handlers?.onSnapshot({ seq: 4, run: { status: "running" }, nodes: {} })
    await settled()
    ports.handlers?.onEvents([event(5, "run.succeeded")])
    await settled()

    expect(ports.timelines).toBe(3)
  })

  it("notices when the run turns to something else", async () => {
    const { live, ports } = setUp()

    ports.handlers?.onEvents([event(3, "node.started", "a"), event(4, "node.waiting", "a")])

    expect(live.store.getState().turns).toBe(1)
  })

  it("reads the log when the socket says that there is more", async () => {
    const lines: LogEntry[] = []
    const { live, ports } = setUp(lines)
    await settled()
    lines.push({ pos: 1, at: AT, node: "a", attempt: 1, level: "info", text: "hello" })

    ports.handlers?.onLog?.(1)
    await settled()

    expect(live.store.getState().log.lines.map((line) => line.text)).toEqual(["hello"])
  })

  it("asks for no log that the person may not see", async () => {
    const lines: LogEntry[] = [{ pos: 1, at: AT, node: "a", attempt: 1, level: "info", text: "hello" }]
    const { live } = setUp(lines, { ...DETAIL, can: [] } as unknown as RunDetail)
    await settled()

    expect(live.store.getState().log.lines).toEqual([])
  })

  it("drops what was logged and said when the reader may see less, and reads it again", async () => {
    const lines: LogEntry[] = [{ pos: 1, at: AT, node: "a", attempt: 1, level: "info", text: "ssn 123" }]
    const { live, ports } = setUp(lines)
    ports.handlers?.onEvents([
      event(3, "node.started", "a"),
      event(4, "node.failed", "a", { error: { code: "x", message: "ssn 123" } }),
    ])
    await settled()
    expect(live.store.getState().log.lines[0]?.text).toBe("ssn 123")

    lines[0] = { ...lines[0]!, text: "ssn ••••" }
    live.rereadData()
    expect(live.statuses.get("a")?.error?.message).toBe("")
    await settled()
    const told = { ...live.statuses.get("a"), error: { code: "x", message: "ssn ••••" } }
    live.adoptAccess({ ...DETAIL, nodes: { a: told } } as unknown as RunDetail)

    expect(live.store.getState().log.lines[0]?.text).toBe("ssn ••••")
    expect(live.statuses.get("a")?.error?.message).toBe("ssn ••••")
  })

  it("has what is shown read again when the socket says so, and when the server refuses it", () => {
    const { live, ports } = setUp()

    ports.handlers?.onAccess?.()
    ports.handlers?.onConnection?.("refused", { seq: 4, code: 4403, reason: "Your clearance is too low." })

    expect(ports.onAccess).toHaveBeenCalledTimes(2)
    expect(live.store.getState().refusal).toBe("Your clearance is too low.")
  })

  it("reads the log as soon as the person may see it", async () => {
    const lines: LogEntry[] = [{ pos: 1, at: AT, node: "a", attempt: 1, level: "info", text: "hello" }]
    const { live } = setUp(lines, { ...DETAIL, can: [] } as unknown as RunDetail)

    live.adoptAccess(DETAIL)
    await settled()

    expect(live.store.getState().log.lines).toHaveLength(1)
  })

  it("keeps the number of the last event while the connection is lost", () => {
    const { live, ports } = setUp()

    ports.handlers?.onConnection?.("reconnecting", { seq: 4812 })

    expect(live.store.getState()).toMatchObject({ connection: "reconnecting", seq: 4812 })
  })

  it("opens no socket for a run that has ended", async () => {
    const { ports } = setUp([], { ...DETAIL, status: "succeeded" } as RunDetail)
    await settled()

    expect(ports.handlers).toBeNull()
  })

  it("closes the socket when the page is left", () => {
    const { live, ports } = setUp()

    live.stop()

    expect(ports.close).toHaveBeenCalledOnce()
  })
})
