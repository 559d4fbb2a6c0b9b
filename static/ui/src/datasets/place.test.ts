import { expect, it } from "vitest"

import { datasetsPath, readPlace } from "./place"

it("keeps search and open dataset in the address", () => {
  const place = { search: "sales", dataset: "d1" }

  expect(readPlace(datasetsPath(place).slice("/datasets".length))).toEqual(place)
  expect(datasetsPath({ search: " ", dataset: null })).toBe("/datasets")
})
