import { describe, expect, it } from "vitest"
import { approach, nextMode } from "./lod"

describe("the level of detail", () => {
  it("leaves detail when the view is far out or full", () => {
    expect(nextMode("detail", 0.44, 10)).toBe("overview")
    expect(nextMode("detail", 1, 251)).toBe("overview")
    expect(nextMode("detail", 0.45, 250)).toBe("detail")
  })

  it("comes back later than it left, so that it does not flicker", () => {
    expect(nextMode("overview", 0.48, 10)).toBe("overview")
    expect(nextMode("overview", 1, 220)).toBe("overview")
    expect(nextMode("overview", 0.51, 199)).toBe("detail")
  })

  it("approaches what is wanted a few at a time and then returns the wanted set itself", () => {
    const want = new Set([3, 4, 5, 6])
    const first = approach(new Set([1, 2, 3]), want, 2, 1)
    expect([...first]).toEqual([2, 3, 4, 5])
    const second = approach(first, want, 2, 1)
    expect(second).toBe(want)
  })
})
