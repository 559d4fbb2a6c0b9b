import { expect, it } from "vitest"

import { isUnder, NAVIGATION } from "./navigation"

const [workflows, runs] = NAVIGATION[0]!.items

it("marks the rail item of a page and of what lies below it", () => {
  expect(isUnder("/workflows", workflows!)).toBe(true)
  expect(isUnder("/runs/01a2", runs!)).toBe(true)
  expect(isUnder("/runs", workflows!)).toBe(false)
  expect(isUnder("/runsheet", runs!)).toBe(false)
})
