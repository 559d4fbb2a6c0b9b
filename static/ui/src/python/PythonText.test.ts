import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { GraphDocument, ReadScript } from "../api/types"
import { PythonText } from "./PythonText"

const graph = (...ids: string[]) => ({ nodes: ids.map((id) => ({ id })) }) as unknown as GraphDocument
const answer = (found: GraphDocument | null, message = "") =>
  ({
    name: "",
    graph: found,
    problems: message ? [{ code: "x", message, line: 1, column: 1, node: null }] : [],
    locked: [],
    lines: {},
  }) as unknown as ReadScript

function set(read: (python: string) => Promise<ReadScript>) {
  const applied: GraphDocument[] = []
  const text = new PythonText({
    write: (shown) => Promise.resolve(shown.nodes.map((node) => node.id).join(",")),
    read,
    apply: (found) => (applied.push(found), found),
  })
  return { text, applied, state: () => text.store.getState() }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe("the script beside the canvas", () => {
  it("follows the canvas", async () => {
    const { text, state } = set(() => Promise.resolve(answer(null)))
    text.follow(graph("a"))
    await vi.runAllTimersAsync()
    text.follow(graph("a", "b"))
    await vi.runAllTimersAsync()

    expect(state()).toMatchObject({ text: "a,b", phase: "same" })
  })

  it("shows what is typed on the canvas, and leaves the text as it was typed", async () => {
    const found = graph("typed")
    const { text, applied, state } = set(() => Promise.resolve(answer(found)))
    text.follow(graph("a"))
    await vi.runAllTimersAsync()
    text.edit("typed  # by hand")
    await vi.runAllTimersAsync()
    text.follow(found)
    await vi.runAllTimersAsync()

    expect(applied).toEqual([found])
    expect(state()).toMatchObject({ text: "typed  # by hand", phase: "same" })
  })

  it("keeps the last good graph, and the text, when the script cannot be read", async () => {
    const { text, applied, state } = set(() => Promise.resolve(answer(null, "no")))
    text.follow(graph("a"))
    await vi.runAllTimersAsync()
    text.edit("a(")
    await vi.runAllTimersAsync()
    text.follow(graph("elsewhere"))
    await vi.runAllTimersAsync()

    expect(applied).toEqual([])
    expect(state()).toMatchObject({ text: "a(", phase: "broken" })

    text.startAgain(graph("elsewhere"))
    await vi.runAllTimersAsync()
    expect(state()).toMatchObject({ text: "elsewhere", phase: "same", read: null })
  })

  it("forgets answers to what was typed before", async () => {
    const late = graph("late")
    const answers: ((read: ReadScript) => void)[] = []
    const { text, applied } = set(() => new Promise((resolve) => answers.push(resolve)))
    text.edit("first")
    await vi.runAllTimersAsync()
    text.edit("second")
    await vi.runAllTimersAsync()
    answers[1]?.(answer(graph("second")))
    answers[0]?.(answer(late))
    await vi.runAllTimersAsync()

    expect(applied.map((found) => found.nodes[0]?.id)).toEqual(["second"])
  })
})
