import { describe, expect, it } from "vitest"
import type { NodeType } from "../api/types"
import { layoutOf } from "./layout"
import { portsOf, wiredPorts } from "./ports"

const TYPE: NodeType = {
  type: "T",
  version: 1,
  label: "T",
  category: "flow",
  icon: "",
  description: "",
  effect: "pure",
  parameters_schema: {},
  inputs: [],
  outputs: [{ name: "result", type: "any", label: "Result", required: false, multiple: false }],
  accepts_any_input: false,
  container: null,
  inner_inputs: [],
  inner_outputs: [],
  run_settable: [],
  dynamic: { inputs: null, prompts: [], outputs: null },
}
const CODE: NodeType = {
  ...TYPE,
  accepts_any_input: true,
  dynamic: { inputs: "code", prompts: [], outputs: null },
}
const SWITCH: NodeType = {
  ...TYPE,
  dynamic: { inputs: null, prompts: [], outputs: { from: "cases", name: "name", extra: ["default"] } },
}
const node = { id: "a", type: "T" }

describe("the ports of a step", () => {
  it("takes its inputs from the free names of its code, and keeps those that are wired", () => {
    const wired = { inputs: ["old", "should_run"], outputs: [], error: false }
    const ports = portsOf(node, CODE, wired, ["rows", "limit"])
    expect(ports.inputs.map((port) => port.name)).toEqual(["rows", "limit", "old"])
    expect(ports.controlWired).toBe(true)
    expect(ports.open).toBe(true)
  })

  it("takes an input for each name in a prompt that the step does not give itself", () => {
    const type: NodeType = {
      ...TYPE,
      dynamic: { inputs: null, prompts: ["prompt", "system"], outputs: null },
    }
    const config = {
      prompt: "{data} {{no}} { no } {region}",
      system: "{tone} {data}",
      variables: { region: 1 },
    }
    const ports = portsOf({ ...node, config }, type)
    expect(ports.inputs.map((port) => port.name)).toEqual(["data", "tone"])
  })

  it("makes the outputs of a switch from its cases, each once, the default last", () => {
    const config = { cases: [{ name: "low" }, { name: "high" }, { name: "low" }, { name: "" }, 7] }
    const ports = portsOf({ ...node, config }, SWITCH)
    expect(ports.outputs.map((port) => port.name)).toEqual(["low", "high", "default"])
    expect(ports.namedOutputs).toBe(true)
  })

  it("shows a step of an unknown type with the ports that its wires use", () => {
    const ports = portsOf(node, undefined, { inputs: ["x"], outputs: ["result", "other"], error: true })
    expect(ports.inputs.map((port) => port.name)).toEqual(["x"])
    expect(ports.outputs.map((port) => port.name)).toEqual(["result", "other"])
    expect(ports.errorWired).toBe(true)
  })

  it("finds the wired ports of all steps, by the first part of each path", () => {
    const wired = wiredPorts([
      { source: "a", output: "result.data.0", target: "b", input: "rows" },
      { source: "a", output: "error", target: "c", input: "why", kind: "error" },
    ])
    expect(wired.get("a")).toEqual({ inputs: [], outputs: ["result"], error: true })
    expect(wired.get("b")?.inputs).toEqual(["rows"])
  })
})

describe("the card of a step", () => {
  it("is 72 high with one port on each side, both at the same height", () => {
    const layout = layoutOf(portsOf(node, CODE, undefined, ["rows"]))
    expect(layout.height).toBe(72)
    expect(layout.inputs[0]?.y).toBe(layout.outputs[0]?.y)
  })

  it("grows by a row of 20 for each named output", () => {
    const config = { cases: [{ name: "low" }, { name: "high" }] }
    const layout = layoutOf(portsOf({ ...node, config }, SWITCH))
    expect(layout.height).toBe(72 + 3 * 20 + 4)
    const ys = layout.outputs.map((port) => port.y)
    expect(ys.map((y) => y - (ys[0] ?? 0))).toEqual([0, 20, 40])
  })

  it("names its inputs in rows when there are more than two", () => {
    expect(layoutOf(portsOf(node, CODE, undefined, ["a", "b"])).rows).toBe(0)
    expect(layoutOf(portsOf(node, CODE, undefined, ["a", "b", "c"])).rows).toBe(3)
  })
})
