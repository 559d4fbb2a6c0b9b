import { describe, expect, it } from "vitest"
import type { RuntimeParameter } from "../api/types"
import { groupSettings, mayBeNone, settingField, settingProblems, settingText } from "./settings"

const parameter = (name: string, more: Partial<RuntimeParameter> = {}): RuntimeParameter => ({
  name,
  title: "Run timeout",
  description: "",
  unit: "seconds",
  group: "Time",
  schema: { type: ["number", "null"], exclusiveMinimum: 0 },
  default: null,
  null_means: "for no limit",
  cap: null,
  cap_text: null,
  settable: "workflow",
  ...more,
})

describe("the settings of a workflow", () => {
  it("come in groups, those of the operator last", () => {
    const groups = groupSettings([
      parameter("sandbox", { group: "Sandbox", settable: "operator" }),
      parameter("timeout"),
      parameter("sandbox_memory_mb", { group: "Sandbox" }),
    ])
    expect(groups.map(({ label, parameters }) => [label, parameters.map(({ name }) => name)])).toEqual([
      ["Sandbox", ["sandbox_memory_mb", "sandbox"]],
      ["Time", ["timeout"]],
    ])
  })

  it("are fields with their unit and their default", () => {
    const field = settingField(parameter("timeout", { default: 600 }))
    expect(field).toMatchObject({ kind: "number", label: "Run timeout, seconds", schema: { default: 600 } })
    expect(settingField(parameter("fail_fast", { unit: null, schema: { type: "boolean" } })).kind).toBe(
      "boolean",
    )
    expect(settingField(parameter("x", { schema: { type: "string", enum: ["off"] } })).kind).toBe("choice")
  })

  it("say what holds without them", () => {
    expect(settingText(null, parameter("timeout"))).toBe("none, for no limit")
    expect(settingText(600, parameter("timeout"))).toBe("10 min")
    expect(settingText(67_108_864, parameter("x", { unit: "bytes" }))).toBe("64 MiB")
    expect(settingText(false, parameter("x", { unit: null }))).toBe("off")
    expect(mayBeNone(parameter("timeout"))).toBe(false)
    expect(mayBeNone(parameter("timeout", { default: 600 }))).toBe(true)
  })

  it("have their problems where they stand", () => {
    const problem = (field: string | null, node: string | null = null) => ({
      node,
      field,
      message: field ?? "",
      severity: "error" as const,
    })
    const found = settingProblems([
      problem("settings.timeout"),
      problem("settings.timeout", "a"),
      problem("parameters.0"),
    ])
    expect([...found].map(([name, list]) => [name, list.length])).toEqual([["timeout", 1]])
  })
})
