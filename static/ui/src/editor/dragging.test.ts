import { describe, expect, it } from "vitest"
import { dragTo, dropsOf, emptiedBy, settled, type DragStart } from "./dragging"
import { parentsOf } from "../canvas/scopes"

const node = (id: string, parent?: string) => ({
  id,
  type: "T",
  position: [0, 0] as [number, number],
  ...(parent ? { parent } : {}),
})
const card = (x: number, y: number) => ({ x, y, width: 156, height: 72 })
const start: DragStart = {
  graph: { nodes: [node("a"), node("loop"), node("b", "loop"), node("inner", "loop")], connections: [] },
  rects: new Map([
    ["a", card(0, 0)],
    ["loop", { x: 300, y: 0, width: 800, height: 400 }],
    ["b", card(420, 80)],
    ["inner", { x: 600, y: 80, width: 400, height: 200 }],
  ]),
  frames: new Set(["loop", "inner"]),
}
const moved = (id: string, x: number, y: number) => new Map([[id, [x, y] as [number, number]]])

describe("a drag", () => {
  it("takes the body of a frame along, with the frames inside", () => {
    const { positions, held } = dragTo(start, moved("loop", 340, 16))
    expect(positions.get("b")).toEqual([460, 96])
    expect(held.get("inner")).toMatchObject({ x: 640, y: 96, width: 400 })
    expect(positions.has("a")).toBe(false)
  })

  it("moves a step once that is dragged together with its frame", () => {
    const both = new Map([...moved("loop", 310, 0), ...moved("b", 430, 80)])
    expect(dragTo(start, both).positions.get("b")).toEqual([430, 80])
  })

  it("keeps the box of a frame that a step is on its way out of", () => {
    expect(dragTo(start, moved("b", 0, 900)).held.get("loop")).toEqual(start.rects.get("loop"))
  })
})

describe("what is let go", () => {
  it("lies in the innermost frame under its middle", () => {
    expect([...dropsOf(start, moved("a", 420, 300))]).toEqual([["a", "loop"]])
    expect([...dropsOf(start, moved("a", 700, 150))]).toEqual([["a", "inner"]])
  })

  it("comes out of its frame, and stays in it when it is only moved inside", () => {
    expect([...dropsOf(start, moved("b", 0, 900))]).toEqual([["b", null]])
    expect(dropsOf(start, moved("b", 440, 200)).size).toBe(0)
  })

  it("never lies in itself or in what it takes along", () => {
    expect(dropsOf(start, moved("loop", 320, 10)).size).toBe(0)
    expect([...dropsOf(start, moved("inner", 0, 900))]).toEqual([["inner", null]])
  })
})

it("keeps the place of a frame that loses its last step", () => {
  const graph = settled(start.graph, start.rects, new Set(["loop"]))
  expect(graph.nodes.find((item) => item.id === "loop")?.position).toEqual([300, 0])
  expect(settled(graph, start.rects, new Set(["loop"]))).toBe(graph)
  expect([...emptiedBy(new Set(["b", "inner"]), parentsOf(start.graph.nodes))]).toEqual(["loop"])
})
