import { describe, expect, it, vi } from "vitest"
import { takeNodeEvent } from "../shared/live/reduce"
import { StatusStore, type NodeState } from "../shared/live/statusStore"
import { parentsOf } from "./scopes"
import { StepStatuses } from "./stepStatuses"

const parents = parentsOf([
  { id: "map", type: "M" },
  { id: "score", type: "T", parent: "map" },
  { id: "loop", type: "L", parent: "map" },
  { id: "grow", type: "T", parent: "loop" },
])

function setUp() {
  const live = new StatusStore((flush) => flush())
  const steps = new StepStatuses(live)
  steps.arrange(parents)
  let seq = 0
  const tell = (node: string, type: string, data: Record<string, unknown> = {}) =>
    takeNodeEvent(live, node, {
      seq: ++seq,
      at: `2026-01-01T00:00:${String(seq % 60).padStart(2, "0")}Z`,
      type,
      node,
      attempt: 1,
      data,
    })
  return { live, steps, tell }
}

const DONE = { status: "succeeded" } as NodeState

describe("the states of steps in a frame", () => {
  it("are those of the newest iteration, until a person chooses one", () => {
    const { steps, tell } = setUp()
    tell("map", "node.started", { container: "map", total: 3 })
    tell("map/1", "node.started", { iteration: 1 })
    tell("map/1/score", "node.started")
    expect(steps.pathOf("score")).toBe("map/1/score")
    expect(steps.get("score")?.status).toBe("running")
    tell("map/2", "node.started", { iteration: 2 })
    expect(steps.shownIn("map")).toEqual({ number: 2, follows: true })
    expect(steps.get("score")).toBeUndefined()
    steps.choose("map", 1)
    expect(steps.get("score")?.status).toBe("running")
    tell("map/3", "node.started", { iteration: 3 })
    expect(steps.shownIn("map")).toEqual({ number: 1, follows: false })
  })

  it("are those of the first iteration that failed, once the frame has ended", () => {
    const { steps, tell, live } = setUp()
    tell("map", "node.started", { container: "map", total: 3 })
    for (const [at, end] of ["succeeded", "failed", "succeeded"].entries()) {
      tell(`map/${at + 1}`, "node.started", { iteration: at + 1 })
      tell(`map/${at + 1}`, `node.${end}`, { iteration: at + 1, error: { code: "x", message: "m" } })
    }
    tell("map", "node.succeeded")
    expect(live.get("map")?.iterations).toEqual({
      total: 3,
      done: 2,
      failed: 1,
      running: [],
      failed_first: [2],
    })
    expect(steps.shownIn("map").number).toBe(2)
  })

  it("follow through frames in frames", () => {
    const { steps, tell } = setUp()
    tell("map", "node.started", { container: "map", total: 2 })
    tell("map/2", "node.started", { iteration: 2 })
    tell("map/2/loop", "node.started", { container: "loop", total: 9 })
    tell("map/2/loop/4", "node.started", { iteration: 4 })
    expect(steps.pathOf("grow")).toBe("map/2/loop/4/grow")
  })

  it("are told of when another iteration comes into view", () => {
    const { steps, tell } = setUp()
    const heard = vi.fn()
    steps.subscribe("score", heard)
    tell("map", "node.started", { container: "map", total: 2 })
    heard.mockClear()
    tell("map/1", "node.started", { iteration: 1 })
    expect(heard).toHaveBeenCalled()
    heard.mockClear()
    tell("elsewhere", "node.started")
    expect(heard).not.toHaveBeenCalled()
    steps.choose("map", 2)
    expect(heard).toHaveBeenCalled()
  })

  it("are asked for when an iteration is shown of which nothing is known", () => {
    const { live, steps } = setUp()
    const asked: string[] = []
    steps.onMissing = (path) => {
      asked.push(path)
      live.set(`${path}/score`, DONE)
    }
    steps.subscribe("score", () => undefined)
    live.replace({
      map: { ...DONE, iterations: { total: 2, done: 2, failed: 0, running: [], failed_first: [] } },
    })
    expect(asked).toEqual(["map/2"])
    expect(steps.get("score")).toBe(DONE)
    steps.choose("map", 1)
    expect(asked).toEqual(["map/2", "map/1"])
  })

  it("are those of a frame whose result was taken over from an earlier run", () => {
    const { steps, tell } = setUp()
    tell("map", "node.succeeded", { copied_from: { id: "r", number: 7 } })
    expect(steps.get("score")).toMatchObject({ status: "succeeded", copied_from: { number: 7 } })
  })

  it("are skipped with their frame", () => {
    const { steps, tell } = setUp()
    tell("map", "node.skipped", { reason: "disabled" })
    expect(steps.get("grow")).toMatchObject({ status: "skipped", reason: "disabled" })
  })
})

it("forgets the insides of iterations that ended long ago", () => {
  const { live, tell } = setUp()
  tell("map", "node.started", { container: "map", total: 200 })
  for (let at = 1; at <= 200; at++) {
    tell(`map/${at}`, "node.started", { iteration: at })
    tell(`map/${at}/score`, "node.started")
    tell(`map/${at}/score`, "node.succeeded")
    tell(`map/${at}`, "node.succeeded", { iteration: at })
  }
  expect(live.get("map")?.iterations?.done).toBe(200)
  expect(live.knows("map/1")).toBe(false)
  expect(live.get("map/1/score")).toBeUndefined()
  expect(live.get("map/200/score")?.status).toBe("succeeded")
})
