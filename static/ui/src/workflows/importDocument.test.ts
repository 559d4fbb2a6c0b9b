import { describe, expect, it } from "vitest"

import { isScript, lineAndColumn, nameFromFile, readImport } from "./importDocument"

describe("reading a workflow to import", () => {
  it("takes a bare graph and names it after the file", () => {
    const result = readImport('{"schema": 1, "nodes": []}', "sales")

    expect(result).toEqual({ ok: true, workflow: { name: "sales", graph: { schema: 1, nodes: [] } } })
  })

  it("takes an export with its name", () => {
    const result = readImport('{"name": "Weather", "graph": {"nodes": []}}', "file")

    expect(result).toMatchObject({ ok: true, workflow: { name: "Weather" } })
  })

  it("says where broken JSON breaks", () => {
    const result = readImport('{"nodes": [\n  {"id": }\n]}', "")

    expect(result).toMatchObject({ ok: false })
    expect(result.ok ? "" : result.message).toMatch(/breaks at line 2, column 10/)
  })

  it.each([
    ["", /nothing to import/],
    ["[1]", /JSON object/],
    ["{}", /no list “nodes”/],
    ['{"nodes": 3}', /no list “nodes”/],
    ['{"nodes": [', /not JSON/],
  ])("refuses %j with the reason", (text, reason) => {
    const result = readImport(text, "")

    expect(result.ok ? "" : result.message).toMatch(reason)
  })
})

it("tells scripts from documents", () => {
  expect(isScript("from runtime import WorkflowBuilder\nw = WorkflowBuilder()")).toBe(true)
  expect(isScript('{"note": "WorkflowBuilder"}')).toBe(false)
  expect(isScript("not json")).toBe(false)
})

it("finds line and column", () => {
  expect(lineAndColumn("ab\ncd", 4)).toBe("line 2, column 2")
  expect(lineAndColumn("ab", 0)).toBe("line 1, column 1")
})

it("names a workflow after its file", () => {
  expect(nameFromFile("Sales report.workflow.json")).toBe("Sales report")
})
