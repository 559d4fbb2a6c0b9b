import { expect, it } from "vitest"
import { flowOrder, neighbour } from "./flowOrder"

const at = (id: string, x: number, y: number) => ({ id, type: "T", position: [x, y] as [number, number] })
const wire = (source: string, target: string) => ({ source, output: "r", target, input: "x" })
const graph = {
  nodes: [at("end", 400, 0), at("low", 200, 100), at("top", 200, 0), at("start", 0, 20), at("alone", 0, 300)],
  connections: [wire("start", "top"), wire("start", "low"), wire("top", "end"), wire("low", "end")],
}

it("walks from the start to the end, from top to bottom among equals", () => {
  expect(flowOrder(graph).map((node) => node.id)).toEqual(["start", "alone", "top", "low", "end"])
})

it("follows wires to the left and right, and the eye up and down", () => {
  expect(neighbour(graph, "start", "right")).toBe("top")
  expect(neighbour(graph, "end", "left")).toBe("top")
  expect(neighbour(graph, "top", "down")).toBe("low")
  expect(neighbour(graph, "start", "left")).toBeNull()
  expect(neighbour(graph, "gone", "left")).toBeNull()
})
