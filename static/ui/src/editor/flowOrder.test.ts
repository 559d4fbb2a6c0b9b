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

it("puts a frame right before its body, whatever its inner ports are wired to", () => {
  const at = (id: string, y: number, parent?: string) => ({
    id,
    type: "T",
    position: [0, y] as [number, number],
    parent,
  })
  const wire = (source: string, target: string) => ({ source, output: "result", target, input: "x" })
  const nested = {
    nodes: [at("end", 0), at("second", 0, "loop"), at("first", 9, "loop"), at("loop", 0), at("start", 0)],
    connections: [
      wire("start", "loop"),
      wire("loop", "first"),
      wire("first", "second"),
      wire("second", "loop"),
      wire("loop", "end"),
    ],
  }
  expect(flowOrder(nested).map((node) => node.id)).toEqual(["start", "loop", "first", "second", "end"])
})
