import { describe, expect, it } from "vitest"

import type { Status } from "../shared/status"
import { countStates, elapsed, partText, skipCause, skipText, triggerLook } from "./runFacts"

const NOW = new Date("2026-11-23T10:00:10Z")
const RUN = { created_at: "2026-11-23T10:00:00Z", started_at: null, finished_at: null, duration_ms: null }

describe("how long a run took", () => {
  it("is unknown before it starts", () => {
    expect(elapsed({ ...RUN, status: "queued" }, NOW)).toBeNull()
  })

  it("grows while it runs", () => {
    expect(elapsed({ ...RUN, status: "running", started_at: "2026-11-23T10:00:04Z" }, NOW)).toBe(6000)
  })

  it("is the server's figure at the end", () => {
    expect(elapsed({ ...RUN, status: "failed", started_at: RUN.created_at, duration_ms: 1234 }, NOW)).toBe(
      1234,
    )
  })
})

it("counts node states in a fixed order and takes an unknown one as pending", () => {
  const states: Record<string, "running" | "succeeded"> = { a: "succeeded", b: "running", c: "succeeded" }

  expect(countStates(["a", "b", "c", "d"], (node) => states[node])).toEqual([
    ["running", 1],
    ["succeeded", 2],
    ["pending", 1],
  ])
})

it("says why a node was skipped, with the node that decided it", () => {
  expect(skipText("upstream_failed", "Clean")).toBe("Skipped: “Clean” failed.")
  expect(skipText("branch_not_taken", null)).toBe("Skipped: a node before it took another branch.")
  expect(skipText("disabled", null)).toBe("Skipped: it is switched off in the workflow.")
  expect(skipText(null, null)).toBe("Skipped.")
})

it("shows a trigger it does not know by its own word", () => {
  expect(triggerLook("email")).toEqual({ icon: "play", label: "email" })
})

it("finds the node behind a chain of skips", () => {
  const wire = (source: string, target: string, input = "value") => ({
    source,
    output: "result",
    target,
    input,
  })
  const wires = [wire("a", "b"), wire("b", "c"), wire("s", "d"), wire("g", "d", "should_run"), wire("s", "e")]
  const states: Record<string, { status: Status; reason: string | null }> = {
    a: { status: "failed", reason: null },
    b: { status: "skipped", reason: "upstream_failed" },
    c: { status: "skipped", reason: "upstream_failed" },
    s: { status: "succeeded", reason: null },
    g: { status: "succeeded", reason: null },
    d: { status: "skipped", reason: "should_run_false" },
    e: { status: "skipped", reason: "branch_not_taken" },
  }
  const cause = (node: string) => skipCause(wires, (id) => states[id], node)

  expect(["c", "d", "e", "a"].map(cause)).toEqual(["a", "g", "s", null])
})

it("says which part of its workflow a run covers", () => {
  expect(partText("failed", null)).toBe("What had failed")
  expect(partText("to_node", "Score")).toBe("To “Score”")
  expect(partText("single", "Score")).toBe("Only “Score”")
})
