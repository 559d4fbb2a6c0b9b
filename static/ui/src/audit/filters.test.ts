import { expect, it } from "vitest"
import { auditPath, isFiltered, readPlace, sinceOf } from "./filters"

it("keeps in the address what is filtered and opened", () => {
  const address = "/audit?search=dana&action=run.&decision=denied&when=day&entry=7"
  const place = readPlace(address.slice("/audit".length))

  expect(place).toEqual({ search: "dana", action: "run.", decision: "denied", when: "day", entry: 7 })
  expect(auditPath(place)).toBe(address)
})

it("takes no filter that it does not know", () => {
  const place = readPlace("?action=nothing.&decision=maybe&when=never&entry=-1")

  expect(auditPath(place)).toBe("/audit")
  expect(isFiltered(place)).toBe(false)
})

it("counts a period back from the whole minute", () => {
  expect(sinceOf("day", new Date("2026-11-23T10:02:41Z"))).toBe("2026-11-22T10:02:00.000Z")
  expect(sinceOf(null, new Date())).toBeUndefined()
})
