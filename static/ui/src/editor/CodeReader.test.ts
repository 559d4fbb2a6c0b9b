import { afterEach, beforeEach, expect, it, vi } from "vitest"
import type { CodeReport, NodeType } from "../api/types"
import { CodeReader } from "./CodeReader"

const types = new Map([["P", { dynamic: { inputs: "code", outputs: null } } as NodeType]])
const graph = (code: string) => ({ nodes: [{ id: "a", type: "P", config: { code } }], connections: [] })
const report = (inputs: string[], broken = false): CodeReport => ({
  inputs,
  problems: broken
    ? [{ line: 1, column: 1, message: "Invalid syntax", severity: "error", hint: "Close it." }]
    : [],
})

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it("asks once for a text that rests, and tells the names", async () => {
  const check = vi.fn((_code: string) => Promise.resolve(report(["rows"])))
  const onNames = vi.fn()
  const reader = new CodeReader(onNames, check)
  reader.readAll(graph("r"), types)
  reader.readAll(graph("rows"), types)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(check).toHaveBeenCalledTimes(1)
  expect(onNames).toHaveBeenCalledWith("a", ["rows"])
})

it("keeps the ports while a line is half typed", async () => {
  const onNames = vi.fn()
  const reader = new CodeReader(onNames, () => Promise.resolve(report([], true)))
  reader.readAll(graph("rows["), types)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(onNames).not.toHaveBeenCalled()
  expect(reader.marksFor("rows[")?.[0]?.message).toBe("Invalid syntax. Close it.")
})

it("asks again after the server could not be reached", async () => {
  const check = vi.fn(() => Promise.reject(new Error("offline")))
  const reader = new CodeReader(vi.fn(), check)
  reader.readAll(graph("x"), types)
  await vi.advanceTimersByTimeAsync(1_000)
  reader.readAll(graph("x"), types)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(check).toHaveBeenCalledTimes(2)
})

it("asks nothing about a draft that the server has checked, and knows its names", async () => {
  const check = vi.fn(() => Promise.resolve(report([])))
  const onNames = vi.fn()
  const reader = new CodeReader(onNames, check)
  const wired = {
    ...graph("x = rows + limit"),
    connections: [{ source: "b", output: "result", target: "a", input: "rows" }],
  }
  const unfed = {
    code: "missing_input",
    message: "",
    node: "a",
    field: "inputs.limit",
    severity: "warning" as const,
    line: null,
    hint: null,
  }
  reader.seed(wired, types, [unfed])
  reader.readAll(wired, types)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(onNames).toHaveBeenCalledWith("a", ["rows", "limit"])
  expect(check).not.toHaveBeenCalled()

  reader.look("a", "x = rows + limit")
  expect(check).toHaveBeenCalledTimes(1)
})
