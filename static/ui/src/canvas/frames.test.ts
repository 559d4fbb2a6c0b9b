import { describe, expect, it } from "vitest"
import type { NodeType } from "../api/types"
import {
  emptyFrame,
  FRAME_HEAD,
  FRAME_PAD,
  frameAround,
  frameAt,
  frameLayout,
  frameRects,
  RAIL,
} from "./frames"
import { portsOf, wiredPorts } from "./ports"
import { parentsOf } from "./scopes"

const port = (name: string) => ({ name, type: "any" as const, label: "", required: false, multiple: false })
const LOOP = {
  type: "LoopNode",
  label: "Loop",
  container: "loop",
  inputs: [port("state")],
  outputs: [port("result"), port("iterations")],
  inner_outputs: [port("state"), port("iteration")],
  inner_inputs: [port("state")],
  accepts_any_input: true,
  dynamic: { inputs: null, prompts: [], outputs: null },
} as unknown as NodeType

const node = (id: string, parent?: string) => ({ id, type: "T", ...(parent ? { parent } : {}) })
const card = (x: number, y: number) => ({ x, y, width: 156, height: 72 })
const ports = portsOf({ id: "loop", type: "LoopNode" }, LOOP)

describe("a frame's box", () => {
  it("holds what lies inside, with room for the rails and the head", () => {
    const box = frameAround([card(400, 300), card(700, 340)], ports)
    expect(box.x).toBe(400 - FRAME_PAD - RAIL)
    expect(box.y).toBe(300 - FRAME_PAD - FRAME_HEAD)
    expect(box.x + box.width).toBe(700 + 156 + FRAME_PAD + RAIL)
    expect(box.y + box.height).toBe(340 + 72 + FRAME_PAD)
  })

  it("is as large around its first step as it was when it was empty", () => {
    const empty = emptyFrame({ x: 0, y: 0 }, ports)
    const filled = frameAround([card(RAIL + FRAME_PAD, FRAME_HEAD + FRAME_PAD)], ports)
    expect(filled).toEqual(empty)
  })

  it("holds the frames inside, and keeps a box that is held", () => {
    const parents = parentsOf([node("outer"), node("inner", "outer"), node("a", "inner")])
    const frames = new Map(["outer", "inner"].map((id) => [id, { ports, at: { x: 0, y: 0 } }] as const))
    const steps = new Map([["a", card(500, 500)]])
    const rects = frameRects(frames, steps, parents)
    expect(rects.get("outer")!.x).toBe(rects.get("inner")!.x - FRAME_PAD - RAIL)
    const held = new Map([["inner", { x: 1, y: 2, width: 3, height: 4 }]])
    expect(frameRects(frames, steps, parents, held).get("inner")).toEqual(held.get("inner"))
  })

  it("is found by a point, the innermost first", () => {
    const parents = parentsOf([node("outer"), node("inner", "outer")])
    const rects = new Map([
      ["outer", { x: 0, y: 0, width: 900, height: 900 }],
      ["inner", { x: 100, y: 100, width: 300, height: 300 }],
    ])
    expect(frameAt({ x: 150, y: 150 }, rects, parents)).toBe("inner")
    expect(frameAt({ x: 500, y: 500 }, rects, parents)).toBe("outer")
    expect(frameAt({ x: 150, y: 150 }, rects, parents, new Set(["inner"]))).toBe("outer")
    expect(frameAt({ x: -1, y: 0 }, rects, parents)).toBeNull()
  })
})

describe("a frame's ports", () => {
  const wire = (source: string, output: string, target: string, input: string) => ({
    source,
    output,
    target,
    input,
  })
  const parents = parentsOf([node("a"), node("loop"), node("b", "loop")])
  const wired = wiredPorts(
    [
      wire("a", "result", "loop", "limit"),
      wire("loop", "limit.max", "b", "x"),
      wire("loop", "state", "b", "s"),
      wire("b", "result", "loop", "state"),
      wire("loop", "result", "z", "x"),
    ],
    parents,
  ).get("loop")

  it("are told apart inside and outside", () => {
    expect(wired).toEqual({
      inputs: ["limit"],
      outputs: ["result"],
      error: false,
      inner: { inputs: ["state"], outputs: ["limit", "state"] },
    })
  })

  it("hand every input on to the steps inside, in one row with it", () => {
    const made = portsOf({ id: "loop", type: "LoopNode" }, LOOP, wired)
    expect(made.inner?.outputs.map((item) => item.name)).toEqual(["state", "iteration", "limit"])
    const layout = frameLayout(made, { width: 500, height: 300 })
    const outer = layout.inputs.find((item) => item.name === "limit")
    expect(layout.inner.outputs.find((item) => item.name === "limit")?.y).toBe(outer?.y)
    expect(layout.left.map(({ label, outer: out, inner }) => [label, out, inner])).toEqual([
      ["state", true, true],
      ["limit", true, true],
      ["iteration", false, true],
    ])
  })
})
