import { expect, test } from "vitest"
import { DEFAULT_DEPTH, lineagePath, readPlace } from "./place"

test("an address says all that is shown, and only what differs from the usual", () => {
  const place = readPlace("?dataset=d1&column=score&direction=up&depth=2&run=r1&node=s1&field=ratio")

  expect(place).toMatchObject({ dataset: "d1", column: "score", direction: "up", depth: 2, run: "r1" })
  expect(readPlace(lineagePath(place).slice("/lineage".length))).toEqual(place)
  expect(lineagePath({ dataset: "d1", direction: "both", depth: DEFAULT_DEPTH })).toBe("/lineage?dataset=d1")
  expect(lineagePath({})).toBe("/lineage")
})

test("what an address can't mean is read as the usual", () => {
  expect(readPlace("?direction=sideways&depth=99")).toMatchObject({
    direction: "both",
    depth: DEFAULT_DEPTH,
  })
})
