import { expect, test } from "vitest"
import { compliancePath, periodOf, readPlace } from "./place"

test("an address says what differs from the usual", () => {
  const search = "?framework=SOC2&verdict=fail&workflow=w1&days=90&control=fields_masked"

  expect(compliancePath(readPlace(search))).toBe(`/compliance${search}`)
  expect(compliancePath(readPlace("?framework=XYZ&days=3"))).toBe("/compliance")
})

test("a period ends with the hour that runs", () => {
  expect(periodOf("7", new Date("2026-11-20T10:20:00Z"))).toEqual({
    since: "2026-11-13T11:00:00.000Z",
    until: "2026-11-20T11:00:00.000Z",
  })
})
