import { describe, expect, it } from "vitest"

import type { RunEvent } from "../../shared/live/frames"
import { type TimelinePage, TimelineStore } from "./TimelineStore"

const at = (ms: number) => new Date(Date.parse("2026-11-23T10:00:00Z") + ms).toISOString()

const event = (seq: number, type: string, node: string | null = null, data = {}): RunEvent => ({
  seq,
  at: at(seq),
  type,
  node,
  attempt: 1,
  data,
})

const page = (seq: number, ...nodes: string[]): TimelinePage => ({
  results: nodes.map((node) => ({
    node,
    attempts: [
      { attempt: 1, status: "running", error_code: null, segments: [{ kind: "run", from: at(0), to: null }] },
    ],
  })),
  critical_path: [],
  started_at: at(0),
  finished_at: null,
  seq,
  next: null,
})

function setUp(pages: Record<string, TimelinePage>) {
  const asked: string[] = []
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  const store = new TimelineStore(async (container, take) => {
    asked.push(container)
    await held
    const found = pages[container]
    if (!found) throw new Error("no such container")
    take(found)
  })
  store.start()
  return { store, asked, release: () => (release(), settled()) }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0))
const statusOf = (store: TimelineStore, path: string) => store.get(path)?.attempts.at(-1)?.status

describe("the timeline of a run", () => {
  it("is read from the API, not from all events", async () => {
    const { store, asked, release } = setUp({ "": page(4, "a", "b") })
    await release()

    expect(asked).toEqual([""])
    expect(store.isKnown).toBe(true)
    expect(statusOf(store, "b")).toBe("running")
  })

  it("goes on with the events that come after", async () => {
    const { store, release } = setUp({ "": page(4, "a") })
    await release()

    store.take([event(5, "node.succeeded", "a"), event(6, "node.started", "b")])

    expect(statusOf(store, "a")).toBe("succeeded")
    expect(statusOf(store, "b")).toBe("running")
  })

  it("forgets no event that came while it was being read", async () => {
    const { store, release } = setUp({ "": page(4, "a", "b") })
    store.take([event(4, "node.waiting", "b"), event(5, "node.succeeded", "a")])
    await release()

    expect(statusOf(store, "a")).toBe("succeeded")
    expect(statusOf(store, "b")).toBe("running")
  })

  it("holds rows of no iteration that nobody looks at", async () => {
    const { store, release } = setUp({ "": page(4, "each") })
    await release()

    store.take([event(5, "node.succeeded", "each/7/score")])

    expect(store.get("each/7/score")).toBeUndefined()
  })

  it("knows an iteration that it saw start, and reads another when it is shown", async () => {
    const { store, asked, release } = setUp({ "": page(4, "each"), "each/2": page(4, "each/2/score") })
    await release()
    store.take([event(5, "node.started", "each/9"), event(6, "node.started", "each/9/score")])

    store.open("each/9")
    store.open("each/2")
    await settled()

    expect(asked).toEqual(["", "each/2"])
    expect(statusOf(store, "each/9/score")).toBe("running")
    expect(statusOf(store, "each/2/score")).toBe("running")
  })

  it("drops the oldest of many iterations", async () => {
    const { store, release } = setUp({ "": page(4, "each") })
    await release()

    for (let number = 1; number <= 100; number++)
      store.take([
        event(number + 4, "node.started", `each/${number}`),
        event(number + 4, "node.started", `each/${number}/score`),
      ])

    expect(store.get("each/1/score")).toBeUndefined()
    expect(statusOf(store, "each/100/score")).toBe("running")
  })

  it("ends what is open with the run", async () => {
    const { store, release } = setUp({ "": page(4, "a") })
    await release()

    store.take([event(5, "run.failed")])

    expect(statusOf(store, "a")).toBe("cancelled")
    expect(store.finishedAt).toBe(Date.parse(at(5)))
  })

  it("says what went wrong while it was read", async () => {
    const { store, release } = setUp({})
    await release()

    expect(store.error?.message).toBe("no such container")
    expect(store.isKnown).toBe(false)
  })
})
