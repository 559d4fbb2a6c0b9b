import { expect, it } from "vitest"

import { readCount } from "./readCount"

it.each([
  ["7", 7],
  [" 60 ", 60],
  ["1", 1],
])("reads a number within its bounds: %s", (text, value) => {
  expect(readCount(text, 1, 60)).toEqual({ ok: true, value })
})

it.each(["", "0", "61", "2.5", "ten", "-3", "1e999"])("says what is wanted instead of %s", (text) => {
  expect(readCount(text, 1, 60)).toEqual({ ok: false, why: "A whole number from 1 to 60." })
})

it("needs no upper bound", () => {
  expect(readCount("0", 1)).toEqual({ ok: false, why: "A whole number of at least 1." })
  expect(readCount("100000", 1)).toEqual({ ok: true, value: 100_000 })
})
