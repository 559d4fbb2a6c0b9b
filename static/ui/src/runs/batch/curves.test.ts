import { describe, expect, it } from "vitest"

import {
  CURVES,
  ceiling,
  curveWords,
  drawn,
  figure,
  joined,
  MOST_POINTS,
  nearest,
  type Point,
} from "./curves"

const point = (seq: number, facts: Partial<Point> = {}): Point => ({
  seq,
  at: new Date(seq * 1_000).toISOString(),
  rate: 100,
  size: 1_000,
  limit: 4,
  in_flight: 4,
  p95_ms: 20,
  done: 0,
  failed: 0,
  ...facts,
})
const curve = (name: string) => CURVES.find((one) => one.name === name)!

describe("the curves of a batch step", () => {
  it("take what is new behind what is known, once", () => {
    const before = [point(1), point(2)]

    expect(joined(before, [point(2), point(3)]).map(({ seq }) => seq)).toEqual([1, 2, 3])
  })

  it("keep half of very many points, and the newest", () => {
    const many = Array.from({ length: MOST_POINTS }, (_, index) => point(index + 1))

    const kept = joined(many, [point(MOST_POINTS + 1)])

    expect(kept.length).toBeLessThanOrEqual(MOST_POINTS / 2 + 1)
    expect(kept.at(-1)?.seq).toBe(MOST_POINTS + 1)
  })

  it.each([
    [0, 1],
    [0.7, 1],
    [3, 5],
    [41, 50],
    [812, 1_000],
    [1_001, 2_000],
  ])("end above %d at %d", (highest, top) => {
    expect(ceiling(highest)).toBe(top)
  })

  it("go from corner to corner", () => {
    const points = [point(0, { rate: 0 }), point(1, { rate: 50 }), point(2, { rate: 100 })]

    expect(drawn(curve("rate"), points, { width: 200, height: 40 })).toEqual({
      line: "M0 40L100 20L200 0",
      area: "",
      top: 100,
    })
  })

  it("break where nothing was measured", () => {
    const points = [point(0, { p95_ms: 10 }), point(1, { p95_ms: null }), point(2, { p95_ms: 10 })]

    expect(drawn(curve("p95_ms"), points, { width: 200, height: 40 }).line).toBe("M0 0M200 0")
  })

  it("show what is made use of as an area", () => {
    const points = [point(0, { limit: 4, in_flight: 2 }), point(1, { limit: 5, in_flight: 5 })]

    expect(drawn(curve("limit"), points, { width: 100, height: 50 }).area).toBe("M0 50L0 30L100 0L100 50Z")
  })

  it("find the point under the pointer", () => {
    expect(nearest([point(0), point(1), point(10)], 0.3)).toBe(1)
    expect(nearest([point(0), point(1), point(10)], 0.9)).toBe(2)
  })

  it("say in words what they show", () => {
    const points = [point(0, { rate: 80 }), point(1, { rate: 1_200 }), point(2, { rate: 640 })]

    expect(curveWords(curve("rate"), points)).toBe(
      "Rate: 640 records a second at the end, between 80 and 1,200",
    )
    expect(curveWords(curve("p95_ms"), [])).toBe("p95 latency: nothing was measured yet")
  })

  it("have figures as people read them", () => {
    expect([
      figure("limit", 3.25),
      figure("limit", 12.6),
      figure("p95_ms", 840),
      figure("rate", 0.5),
    ]).toEqual(["3.3", "13", "0.84 s", "0.5"])
  })
})
