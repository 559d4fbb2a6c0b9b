/** The curves of a batch step: what is drawn of its points. Pure; times in ms, places in a box of its own. */
import { count, duration } from "../../shared/format"
import type { components } from "../../api/schema"

export type Point = components["schemas"]["BatchSamplePoint"]
export type CurveName = "rate" | "p95_ms" | "limit" | "size"

export interface Curve {
  readonly name: CurveName
  readonly label: string
  readonly unit: string
  readonly of: (point: Point) => number | null
  /** Drawn as an area under the line: what of it is made use of. */
  readonly used?: (point: Point) => number
}

export const CURVES: readonly Curve[] = [
  { name: "rate", label: "Rate", unit: "records a second", of: (point) => point.rate },
  { name: "p95_ms", label: "p95 latency", unit: "a batch", of: (point) => point.p95_ms },
  {
    name: "limit",
    label: "Batches at a time",
    unit: "allowed",
    of: (point) => point.limit,
    used: (point) => point.in_flight,
  },
  { name: "size", label: "Batch size", unit: "records", of: (point) => point.size },
]

/** More than this no screen shows. */
export const MOST_POINTS = 1_200

/** The points of before and those that came since; of very many every other one, the newest among them. */
export function joined(before: readonly Point[], next: readonly Point[]): Point[] {
  const last = before.at(-1)?.seq ?? 0
  const all = [...before, ...next.filter((point) => point.seq > last)]
  if (all.length <= MOST_POINTS) return all
  const parity = (all.length - 1) % 2
  return all.filter((_, index) => index % 2 === parity)
}

/** A figure as it stands beside its curve. */
export function figure(name: CurveName, value: number | null): string {
  if (value === null) return "none"
  if (name === "p95_ms") return duration(value)
  if (name === "limit") return value < 10 ? value.toFixed(1).replace(/\.0$/, "") : count(Math.round(value))
  return value > 0 && value < 10 ? value.toFixed(1).replace(/\.0$/, "") : count(Math.round(value))
}

/** The highest value that is drawn: round, and above what there is. */
export function ceiling(highest: number): number {
  if (!(highest > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(highest))
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= highest) ?? 10
  return step * power
}

export interface Box {
  readonly width: number
  readonly height: number
}

export interface Drawn {
  /** SVG paths: the line, in pieces where there was nothing to measure, and the area under what is used. */
  readonly line: string
  readonly area: string
  readonly top: number
}

const timeOf = (point: Point): number => Date.parse(point.at)

export interface Span {
  readonly from: number
  readonly to: number
}

/** From the first point to the last. */
export function spanOf(points: readonly Point[]): Span {
  const first = points[0]
  const last = points.at(-1)
  return first && last ? { from: timeOf(first), to: timeOf(last) } : { from: 0, to: 0 }
}

export function drawn(curve: Curve, points: readonly Point[], box: Box): Drawn {
  const span = spanOf(points)
  const values = points.map(curve.of)
  const used = curve.used ? points.map(curve.used) : []
  const top = ceiling(Math.max(0, ...values.map((value) => value ?? 0), ...used))
  const x = (point: Point) => across(timeOf(point), span, box.width)
  const y = (value: number) => box.height - (value / top) * box.height
  let line = ""
  let isOpen = false
  points.forEach((point, index) => {
    const value = values[index]
    if (value === null || value === undefined) {
      isOpen = false
      return
    }
    line += `${isOpen ? "L" : "M"}${round(x(point))} ${round(y(value))}`
    isOpen = true
  })
  const edge = points.map((point, index) => `L${round(x(point))} ${round(y(used[index] ?? 0))}`).join("")
  const [first, last] = [points[0], points.at(-1)]
  const area =
    curve.used && first && last
      ? `M${round(x(first))} ${box.height}${edge}L${round(x(last))} ${box.height}Z`
      : ""
  return { line, area, top }
}

/** Where a moment lies; a single one in the middle. */
export function across(time: number, span: Span, width: number): number {
  return span.to > span.from ? ((time - span.from) / (span.to - span.from)) * width : width / 2
}

/** The point nearest to a share of the width, 0 to 1. */
export function nearest(points: readonly Point[], share: number): number {
  const span = spanOf(points)
  const wanted = span.from + share * (span.to - span.from)
  let best = 0
  points.forEach((point, index) => {
    const known = points[best]
    if (known && Math.abs(timeOf(point) - wanted) <= Math.abs(timeOf(known) - wanted)) best = index
  })
  return best
}

/** What the curve says to those who hear it. */
export function curveWords(curve: Curve, points: readonly Point[]): string {
  const values = points.map(curve.of).filter((value): value is number => value !== null)
  const last = values.at(-1)
  if (last === undefined) return `${curve.label}: nothing was measured yet`
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const now = `${figure(curve.name, last)} ${curve.unit}`
  return `${curve.label}: ${now} at the end, between ${figure(curve.name, low)} and ${figure(curve.name, high)}`
}

/** "in 12 s", from the beginning of the curve. */
export const sinceStart = (points: readonly Point[], index: number): string => {
  const point = points[index]
  return point ? duration(timeOf(point) - spanOf(points).from) : ""
}

const round = (value: number): number => Math.round(value * 10) / 10
