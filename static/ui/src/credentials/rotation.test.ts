import { describe, expect, it } from "vitest"
import { dayOf, expiryOf } from "./form"
import { asRotationStatus, lookedAfter } from "./rotation"

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
    ).toBe("Renewed at 0 2 * * 1 (UTC)")
    expect(
      lookedAfter({ rotation_policy: "proactive", schedule_cron: null, expiration_threshold: 3_600 }),
    ).toContain("before it expires")
  })

  it("names what came of it in words", () => {
    expect(asRotationStatus("rolled_back")).toBe("Rolled back")
  })
})
