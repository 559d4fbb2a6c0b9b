import { describe, expect, it } from "vitest"

import { jsonErrorOffset } from "./jsonOffset"

describe("where JSON breaks", () => {
  it.each([
    ['{"a": }', 6],
    ['{"a" 1}', 5],
    ['{"a": 1,}', 8],
    ["[1, 2", 5],
    ["[1 2]", 3],
    ['{"a": tru}', 6],
    ['["a\n"]', 1],
    ["{} x", 3],
    ["", 0],
    ["[1]]", 3],
    ["{1: 2}", 1],
    ["[,]", 1],
  ])("%j breaks at %d", (text, offset) => {
    expect(() => JSON.parse(text) as unknown).toThrow()
    expect(jsonErrorOffset(text)).toBe(offset)
  })
})
