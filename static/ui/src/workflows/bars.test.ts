import { describe, expect, it } from "vitest"

import { barsLabel, barsOf, type LastRun, usualDuration } from "./bars"

const run = (id: string, status: LastRun["status"], duration_ms: number | null): LastRun => ({
  id,
  status,
  duration_ms,
  created_at: "2026-11-23T10:00:00Z",
})

describe("the bars of the last runs", () => {
  it("stand oldest first, the longest highest", () => {
    const bars = barsOf([run("b", "failed", 100), run("a", "succeeded", 50)])

    expect(bars).toEqual([
      { id: "a", status: "succeeded", height: 50 },
      { id: "b", status: "failed", height: 80 },
    ])
  })

  it("have a height also while a run has not ended", () => {
    expect(barsOf([run("a", "running", null)])[0]?.height).toBe(60)
  })

  it("can be heard", () => {
    const runs = [run("c", "failed", 1), run("b", "succeeded", 1), run("a", "succeeded", 1)]

    expect(barsLabel(runs)).toBe("Last 3 runs: 1 failed, 2 succeeded")
    expect(barsLabel(runs.slice(0, 1))).toBe("Last run: 1 failed")
  })
})

describe("the usual time of a workflow", () => {
  it("is the middle one of the runs that succeeded", () => {
    const runs = [
      run("d", "failed", 1),
      run("c", "succeeded", 900),
      run("b", "succeeded", 20),
      run("a", "succeeded", 10),
    ]

    expect(usualDuration(runs)).toBe(20)
  })

  it("is unknown while none did", () => {
    expect(usualDuration([run("a", "failed", 5), run("b", "running", null)])).toBeNull()
  })
})
