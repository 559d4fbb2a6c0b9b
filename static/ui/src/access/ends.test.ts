import { expect, it } from "vitest"
import { endOf } from "./ends"

it("counts from now, and not at all where there is no end", () => {
  const now = new Date("2026-11-23T10:00:00Z")
  expect(endOf("hour", now)).toBe("2026-11-23T11:00:00.000Z")
  expect(endOf("week", now)).toBe("2026-11-30T10:00:00.000Z")
  expect(endOf("never", now)).toBeNull()
})
