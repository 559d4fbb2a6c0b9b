import { describe, expect, it } from "vitest"

import { ApiProblem } from "../../api/problem"
import { asParameters, asRunParameters, openInputsIn, openInputsOf } from "./openInputs"

const missing = (node: string, field: string) => ({
  code: "missing_input",
  message: "the code reads it, which no connection feeds",
  node,
  field,
})
const refused = (...errors: object[]) => new ApiProblem(422, { errors } as never)

describe("inputs that a run was refused for", () => {
  it("are found by step and name", () => {
    const reason = refused(missing("check", "inputs.user_id"), missing("batches", "config.data_source"))

    expect(openInputsIn(reason)).toEqual([
      { node: "check", name: "user_id" },
      { node: "batches", name: "data_source" },
    ])
  })

  it("are none where something else is wrong too", () => {
    expect(openInputsIn(refused(missing("check", "inputs.user_id"), { code: "unknown_node" }))).toEqual([])
    expect(openInputsIn(refused())).toEqual([])
    expect(openInputsIn(new Error("offline"))).toEqual([])
  })

  it("are known beforehand of steps at the top that are on", () => {
    const nodes = [
      { id: "check", type: "PythonCodeNode" },
      { id: "off", type: "PythonCodeNode", disabled: true },
      { id: "inside", type: "PythonCodeNode", parent: "each" },
    ]
    const problems = ["check", "off", "inside"].map((node) => missing(node, "inputs.user_id"))

    expect(openInputsOf({ nodes, connections: [] }, [...problems, { code: "unused" }])).toEqual([
      { node: "check", name: "user_id" },
    ])
  })

  it("are asked for beside parameters and sent by step", () => {
    const inputs = [
      { node: "check", name: "user_id" },
      { node: "check", name: "roles" },
    ]

    expect(asParameters(inputs).map((item) => item.name)).toEqual(["check.user_id", "check.roles"])
    expect(asRunParameters({ region: "us", "check.user_id": "ann", "check.roles": ["a"] }, inputs)).toEqual({
      region: "us",
      check: { user_id: "ann", roles: ["a"] },
    })
  })
})
