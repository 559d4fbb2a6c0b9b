import { describe, expect, it } from "vitest"

import { isWhole, lengthOf, marksFor, panned, revealing, wholeWindow, zoomed } from "./axis"

describe("the axis", () => {
  it.each([1, 7, 99, 4800, 62_000, 3_600_000, 90_000_000])("has few round marks for %d ms", (span) => {
    const { at } = marksFor(wholeWindow(span, false))

    expect(at.length).toBeGreaterThanOrEqual(2)
    expect(at.length).toBeLessThanOrEqual(8)
  })

  it("has marks at round moments of a window that starts between two", () => {
    expect(marksFor({ from: 1_250, to: 4_000 })).toEqual({
      step: 500,
      at: [1_500, 2_000, 2_500, 3_000, 3_500],
    })
  })

  it("leaves room behind the end of a run that is over", () => {
    expect(wholeWindow(1_000, false).to).toBeGreaterThan(1_000)
  })

  it("grows in steps while a run goes on, so that nothing moves in between", () => {
    const lengths = [100, 1_000, 2_000, 2_700, 3_000, 4_000].map((span) => wholeWindow(span, true).to)

    expect(lengths).toEqual([3_000, 3_000, 3_000, 3_000, 4_500, 4_500])
  })
})

describe("a look closer", () => {
  const whole = { from: 0, to: 1_000 }

  it("keeps the moment under the pointer where it is", () => {
    const closer = zoomed(whole, 2, 250, whole)

    expect(closer).toEqual({ from: 125, to: 625 })
    expect((250 - closer.from) / lengthOf(closer)).toBe(0.25)
  })

  it("never leaves the run", () => {
    expect(panned({ from: 600, to: 900 }, 500, whole)).toEqual({ from: 700, to: 1_000 })
    expect(panned({ from: 100, to: 300 }, -500, whole)).toEqual({ from: 0, to: 200 })
    expect(isWhole(zoomed({ from: 100, to: 900 }, 0.1, 500, whole), whole)).toBe(true)
  })

  it("ends at half a millisecond", () => {
    expect(lengthOf(zoomed(whole, 1e9, 500, whole))).toBe(0.5)
  })

  it("moves to what is out of sight, and only then", () => {
    const window = { from: 0, to: 100 }

    expect(revealing(window, { from: 50, to: 70 }, whole)).toBe(window)
    expect(revealing(window, { from: 500, to: 520 }, whole)).toEqual({ from: 460, to: 560 })
  })
})
