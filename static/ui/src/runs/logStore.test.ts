import { describe, expect, it } from "vitest"

import type { LogEntry } from "../api/types"
import { addLines, filterLines, isAtEnd, joinStreams, NO_LOG } from "./logStore"

const line = (pos: number, more: Partial<LogEntry> = {}): LogEntry => ({
  pos,
  at: "2026-11-23T10:00:00Z",
  node: "clean",
  attempt: 1,
  level: "info",
  text: `line ${pos}`,
  ...more,
})

describe("the log of a run", () => {
  it("keeps each line once, in order, however often it is read", () => {
    let state = addLines(NO_LOG, [line(2), line(1)])
    state = addLines(state, [line(2), line(3)])

    expect(state.lines.map((entry) => entry.pos)).toEqual([1, 2, 3])
    expect(state.upto).toBe(3)
  })

  it("is the same value when nothing new came", () => {
    const state = addLines(NO_LOG, [line(1)])

    expect(addLines(state, [line(1)])).toBe(state)
  })

  it("drops the oldest lines past the cap and counts them", () => {
    const state = addLines(NO_LOG, [line(1), line(2), line(3)], 2)

    expect(state.lines.map((entry) => entry.pos)).toEqual([2, 3])
    expect(state.dropped).toBe(1)
  })

  it("puts a streamed text together where it began, until its step writes another line", () => {
    const piece = (pos: number, node: string, text: string) => line(pos, { level: "stream", node, text })
    const lines = [
      piece(1, "a", "one "),
      piece(2, "b", "eins "),
      piece(3, "a", "two"),
      line(4, { node: "a" }),
      piece(5, "b", "zwei"),
      piece(6, "a", "again"),
    ]

    expect(joinStreams(lines).map(({ pos, text }) => [pos, text])).toEqual([
      [1, "one two"],
      [2, "eins zwei"],
      [4, "line 4"],
      [6, "again"],
    ])
    expect(joinStreams([line(1)])).toEqual([line(1)])
  })

  it("filters by level, node and text", () => {
    const lines = [
      line(1, { level: "debug" }),
      line(2, { level: "warning", text: "Ratio 0.88 is HIGH" }),
      line(3, { level: "error", node: "load" }),
    ]
    const found = (filter: Parameters<typeof filterLines>[1]) =>
      filterLines(lines, filter).map((entry) => entry.pos)

    expect(found({ node: null, level: "warning", search: "" })).toEqual([2, 3])
    expect(found({ node: "load", level: "debug", search: "" })).toEqual([3])
    expect(found({ node: null, level: "debug", search: " high " })).toEqual([2])
  })
})

describe("following the end", () => {
  it("follows while the end is in view", () => {
    expect(isAtEnd({ scrollTop: 900, clientHeight: 100, scrollHeight: 1005 })).toBe(true)
    expect(isAtEnd({ scrollTop: 500, clientHeight: 100, scrollHeight: 1000 })).toBe(false)
  })
})
