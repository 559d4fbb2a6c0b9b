import { describe, expect, it } from "vitest"
import { dayOf, expiryOf } from "./form"
import { asRotationStatus, goingOn, lookedAfter, settingsSchema, stepsOf } from "./rotation"
import type { Rotation } from "./types"

describe("when a credential expires", () => {
  it("is the beginning of the day that was chosen", () => {
    expect(expiryOf("2030-01-02", null)).toBe("2030-01-02T00:00:00Z")
    expect(expiryOf("", "2030-01-02T10:00:00Z")).toBeNull()
  })

  it("stays to the second where it was left alone", () => {
    const before = "2030-01-02T10:11:12Z"
    expect(expiryOf(dayOf(before), before)).toBe(before)
    expect(expiryOf("", null)).toBeNull()
  })
})

describe("how a credential is looked after", () => {
  it("says when, by expiry or by schedule", () => {
    expect(
      lookedAfter({ rotation_policy: "scheduled", schedule_cron: "0 2 * * 1", expiration_threshold: 1 }),
    ).toBe("Renewed by schedule: Monday at 02:00 (UTC)")
    expect(
      lookedAfter({ rotation_policy: "proactive", schedule_cron: null, expiration_threshold: 3_600 }),
    ).toContain("before it expires")
  })

  it("names what came of it in words", () => {
    expect(asRotationStatus("rolled_back")).toBe("Rolled back")
  })
})

const rotation = (status: string, done: readonly string[], changes: Partial<Rotation> = {}): Rotation => ({
  id: "1",
  status,
  from_version: 7,
  to_version: 8,
  is_in_force: false,
  source: "generated",
  strategy: "single",
  steps: done.map((step) => ({ step, at: "2030-01-01T02:00:00Z", note: "", failed: false })),
  reason: "",
  by: null,
  started_at: "2030-01-01T02:00:00Z",
  ended_at: null,
  retire_at: null,
  retired_at: null,
  can_roll_back: false,
  ...changes,
})
const states = (found: Rotation) => stepsOf(found).map(({ step, state }) => `${step} ${state}`)

describe("the steps of a rotation", () => {
  it("are done, under way or to come", () => {
    const testing = rotation("in_progress", ["create", "set"])
    expect(states(testing)).toEqual(["create done", "set done", "test now", "finish todo", "retire todo"])
    expect(goingOn(testing)).toBe("Testing")
  })

  it("wait for the end of the version before", () => {
    const done = rotation("success", ["create", "set", "test", "finish"], {
      retire_at: "2030-01-01T02:30:00Z",
    })
    expect(states(done).at(-1)).toBe("retire now")
    expect(goingOn(done)).toBeNull()
  })

  it("stop where it failed, and go back", () => {
    expect(states(rotation("rolled_back", ["create", "set", "undo"]))).toEqual([
      "create done",
      "set done",
      "undo done",
    ])
    expect(goingOn(rotation("in_progress", ["create", "undo"]))).toBe("Going back")
    expect(states(rotation("failed", [])).every((each) => each.endsWith("todo"))).toBe(true)
  })
})

it("the form of a credential's own rotation leaves out what is known, and begins with the place", () => {
  const given = {
    type: "object",
    properties: {
      operation: {},
      credential_name: {},
      refresh_sources: {},
      zero_downtime: { "x-order": 9 },
      rotator: { "x-advanced": true },
    },
    required: ["credential_name"],
  }
  const schema = settingsSchema(given, true)
  expect(Object.keys(schema.properties ?? {})).toEqual(["zero_downtime", "rotator"])
  expect(schema.properties?.rotator).toEqual({ "x-order": -3, "x-advanced": false })
  expect(schema.required).toEqual([])
  expect(Object.keys(settingsSchema(given, false).properties ?? {})).toContain("refresh_sources")
})
