import { expect, it } from "vitest"
import { singular } from "./ListField"
import { brief, pathsInto, portTypeOf, valueAt } from "./paths"
import { smallestChange } from "./textChange"

it("lists the paths into a value, short ones first, into the first item of a list", () => {
  expect(pathsInto({ data: [{ x: 1 }, { y: 2 }], n: 3 }, "result")).toEqual([
    "result",
    "result.data",
    "result.n",
    "result.data.0",
    "result.data.0.x",
  ])
})

it("leaves out keys that a dotted path can't name, and stays bounded", () => {
  expect(pathsInto({ "a.b": 1, "": 2 }, "r")).toEqual(["r"])
  const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`k${at}`, at]))
  expect(pathsInto(wide, "r").length).toBeLessThanOrEqual(200)
})

it("follows a path, also where it leads nowhere", () => {
  expect(valueAt({ a: [{ b: 5 }] }, "a.0.b")).toBe(5)
  expect(valueAt({ a: null }, "a.b.c")).toBeUndefined()
})

it("says a value in a few characters", () => {
  expect(brief([1, 2, 3])).toBe("3 rows")
  expect(brief({ a: 1 })).toBe("1 key")
  expect(brief("x".repeat(100)).length).toBe(28)
  expect(brief(null)).toBe("null")
  expect(portTypeOf([])).toBe("records")
})

it("finds the smallest change between two texts", () => {
  expect(smallestChange("abc", "abc")).toBeNull()
  expect(smallestChange("one two", "one new two")).toEqual({ from: 4, to: 4, insert: "new " })
  expect(smallestChange("aaa", "aa")).toEqual({ from: 2, to: 3, insert: "" })
  expect(smallestChange("", "x")).toEqual({ from: 0, to: 0, insert: "x" })
})

it.each([
  ["Cases", "case"],
  ["Key columns", "key column"],
  ["Entries", "entry"],
  ["Matches", "match"],
])("calls one of %s a %s", (many, one) => {
  expect(singular(many)).toBe(one)
})
