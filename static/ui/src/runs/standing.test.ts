import { describe, expect, it } from "vitest"

import { isPausing, pausingText, queueText, waitingText, whenText } from "./standing"

const NOW = new Date("2026-11-23T10:00:00Z")
const in40s = "2026-11-23T10:00:40Z"
const cause = (
  reason: string,
  until: string | null = null,
  child_run: { id: string; number: number } | null = null,
) => ({
  reason,
  until,
  child_run,
})

it("says the place in line and which limit holds the run", () => {
  expect(queueText({ position: 3, limit: "workflow", running: 2, allowed: 2 })).toBe(
    "3rd in line: this workflow runs 2 at a time",
  )
  expect(queueText({ position: 1, limit: "tenant", running: 20, allowed: 20 })).toBe(
    "Next in line: this workspace runs 20 at a time",
  )
})

it("says what a pause waits for", () => {
  expect([0, 1, 2].map(pausingText)).toEqual([
    "Pausing",
    "Pausing: 1 step finishes first",
    "Pausing: 2 steps finish first",
  ])
})

it("is pausing from the wish until the run rests", () => {
  const asked = { pause_requested: true, waiting: [], queue: null }

  expect(isPausing("running", asked)).toBe(true)
  expect(isPausing("paused", asked)).toBe(false)
  expect(isPausing("running", { ...asked, pause_requested: false })).toBe(false)
})

describe("what a step waits for", () => {
  it.each([
    [cause("timer", in40s), "“Pause” goes on in 40.0 s."],
    [cause("approval"), "“Pause” waits for an approval."],
    [cause("delivery"), "“Pause” waits until its message is taken."],
    [cause("approval", in40s), "“Pause” waits for an approval, which expires in 40.0 s."],
    [cause("child_run", null, { id: "x", number: 57 }), "“Pause” waits for run 57."],
    [cause("outcome_unknown"), "Nobody knows whether “Pause” took effect."],
    [cause("retry", in40s), "“Pause” tries again in 40.0 s."],
  ])("is a sentence: %o", (why, text) => {
    expect(waitingText("Pause", why, NOW)).toBe(text)
  })

  it.each([
    [cause("timer", in40s), "“Pause” goes on once the run is resumed."],
    [cause("retry", in40s), "“Pause” tries again once the run is resumed."],
    [cause("approval"), "“Pause” waits for an approval."],
  ])("promises no moment while the run is paused: %o", (why, text) => {
    expect(waitingText("Pause", { ...why, paused: true }, NOW)).toBe(text)
  })

  it("needs no name where the step is in view", () => {
    expect(waitingText(null, cause("timer", in40s), NOW)).toBe("Goes on in 40.0 s.")
  })

  it("tells the hour of what is far away", () => {
    expect(whenText("2026-11-23T12:00:00Z", NOW)).toMatch(/^in 2 h, at \d\d:\d\d$/)
    expect(whenText("2026-11-23T09:00:00Z", NOW)).toBe("now")
  })
})
