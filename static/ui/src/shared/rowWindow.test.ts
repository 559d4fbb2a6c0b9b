import { describe, expect, it } from "vitest"

import { rowWindow, scrollToRow } from "./rowWindow"

describe("the rows to draw", () => {
  it("are those in view and a view's height around them", () => {
    expect(rowWindow({ top: 2_000, height: 200 }, 20, 10_000)).toEqual({ from: 90, to: 121 })
  })

  it("are all of a short list", () => {
    expect(rowWindow({ top: 0, height: 200 }, 20, 5)).toEqual({ from: 0, to: 5 })
    expect(rowWindow({ top: 0, height: 200 }, 20, 0)).toEqual({ from: 0, to: 0 })
  })

  it("stay within the list when it has become shorter", () => {
    expect(rowWindow({ top: 9_000, height: 200 }, 20, 12)).toEqual({ from: 2, to: 12 })
  })
})

describe("bringing a row into view", () => {
  const view = { top: 100, height: 100 }

  it("does nothing for one that is in view", () => {
    expect(scrollToRow(view, 20, 6, 0)).toBeNull()
  })

  it("scrolls up and down as little as it can", () => {
    expect(scrollToRow(view, 20, 2, 0)).toBe(40)
    expect(scrollToRow(view, 20, 12, 0)).toBe(160)
    expect(scrollToRow(view, 20, 12, 24)).toBe(184)
  })
})
