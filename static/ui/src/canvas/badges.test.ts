import { describe, expect, it } from "vitest"
import type { NodeType } from "../api/types"
import { foldBadges, optionBadges, problemBadge, withAttempts } from "./badges"
import { frameSummary } from "./frameSummary"
import { lastStarted, nextFailed } from "./iterations"

describe("badges", () => {
  const node = {
    id: "a",
    type: "T",
    notes: "Ask Dana.",
    options: {
      retry: { max_retries: 3, retry_on_status: [429, 503] },
      timeout: 90,
      join: "all" as const,
      on_error: "return" as const,
      pin: { result: 1 },
    },
  }

  it("say what the options do, in a fixed order", () => {
    expect(optionBadges(node).map((badge) => badge.kind)).toEqual([
      "retry",
      "timeout",
      "join",
      "on_error",
      "pin",
      "notes",
    ])
    const [retry, timeout] = optionBadges(node)
    expect(retry?.title).toBe(
      "Tried again up to 3 times, after 1 s at first, 1 min at most. Only for status 429, status 503.",
    )
    expect(timeout?.text).toBe("1 min 30 s")
  })

  it("say with a lock what a step is to the policies", () => {
    const access = { resource: "payroll", classification: "top_secret", tags: ["pii", "money"] }
    expect(optionBadges({ id: "a", type: "T", access })).toEqual([
      { kind: "access", icon: "lock", title: "Access: top secret, tagged pii, money, resource “payroll”." },
    ])
    const placed = { resource: "", classification: "internal", tags: [] }
    expect(optionBadges({ id: "a", type: "T", access: placed })).toEqual([])
  })

  it("are none for a step as it was placed", () => {
    expect(optionBadges({ id: "a", type: "T" })).toEqual([])
    expect(optionBadges({ id: "a", type: "T", options: { retry: { max_retries: 0 } } })).toEqual([])
  })

  it("count attempts in a run in place of how many there may be", () => {
    const [tried] = withAttempts(optionBadges(node), 2, true, 4)
    expect(tried).toMatchObject({ text: "2 of 4", tone: "warn" })
    expect(withAttempts(optionBadges(node), 1, false, 4)).toEqual(optionBadges(node))
  })

  it("are three at most, problems first", () => {
    const all = [problemBadge({ errors: 1, warnings: 1, first: "No code" }), ...optionBadges(node)]
    const { shown, folded } = foldBadges(all)
    expect(shown.map((badge) => badge.kind)).toEqual(["problems", "retry", "timeout"])
    expect(folded).toHaveLength(4)
  })
})

describe("a frame's summary", () => {
  const summary = (container: "loop" | "map", config: Record<string, unknown>) =>
    frameSummary({ id: "x", type: "X", config }, { container } as NodeType)

  it("says how often the body runs", () => {
    expect(summary("loop", { until: "state.done", max_iterations: 20 })).toBe(
      "until state.done, at most 20 rounds",
    )
    expect(summary("loop", { max_iterations: 1 })).toBe("1 round")
    expect(summary("loop", {})).toBe("rounds not set yet")
    expect(summary("map", {})).toBe("each of items, 8 at a time")
    expect(summary("map", { max_concurrent: 1 })).toBe("each of items, one at a time")
  })
})

describe("the iterations to choose from", () => {
  const iterations = { total: 9, done: 3, failed: 2, running: [7], failed_first: [2, 5] }

  it("go up to the last that started, and round the failed ones", () => {
    expect(lastStarted(iterations)).toBe(7)
    expect(nextFailed(iterations, 2)).toBe(5)
    expect(nextFailed(iterations, 5)).toBe(2)
    expect(nextFailed({ ...iterations, failed_first: [] }, 1)).toBeNull()
  })
})
