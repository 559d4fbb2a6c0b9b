import { describe, expect, it } from "vitest"

import { jsonLines } from "./jsonLines"

const texts = (lines: ReturnType<typeof jsonLines>) =>
  lines.map((line) => (line.key === null ? line.text : `${line.key}: ${line.text}`))

describe("a value as a tree of lines", () => {
  it("opens what is small and near the top", () => {
    expect(texts(jsonLines({ a: 1, b: { c: ["x"] }, d: null }))).toEqual([
      "{3 keys}",
      "a: 1",
      "b: {1 key}",
      "c: [1 item]",
      '0: "x"',
      "d: null",
    ])
  })

  it("keeps long lists closed until they are opened", () => {
    const value = { rows: Array.from({ length: 30 }, (_, index) => index) }

    expect(jsonLines(value)).toHaveLength(2)
    expect(jsonLines(value, new Set(["/rows"]))).toHaveLength(32)
  })

  it("shows a long list in portions", () => {
    const rows = Array.from({ length: 250 }, (_, index) => index)

    expect(jsonLines(rows).at(-1)).toMatchObject({ kind: "more", text: "150 more" })
    expect(jsonLines(rows, new Set(), new Map([["", 2]]))).toHaveLength(251)
  })

  it("has nothing to open in what is empty", () => {
    expect(jsonLines({}).map((line) => [line.text, line.open])).toEqual([["{}", null]])
    expect(jsonLines([])[0]?.text).toBe("[]")
  })
})
