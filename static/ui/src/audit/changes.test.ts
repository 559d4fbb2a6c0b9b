import { expect, it } from "vitest"
import { changesOf } from "./changes"

it("lists what was and what is, field by field", () => {
  expect(changesOf({ name: "Old", tags: ["a"] }, { name: "New", region: null })).toEqual([
    { field: "name", before: "Old", after: "New" },
    { field: "tags", before: '["a"]', after: null },
    { field: "region", before: null, after: "null" },
  ])
})

it("lists what came and what went as a whole", () => {
  expect(changesOf(null, { key: "x" })).toEqual([{ field: "key", before: null, after: "x" }])
  expect(changesOf("gone", null)).toEqual([{ field: "value", before: "gone", after: null }])
  expect(changesOf(null, null)).toEqual([])
})
