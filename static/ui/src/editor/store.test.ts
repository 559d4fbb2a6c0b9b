import { beforeEach, describe, expect, it } from "vitest"
import { addNodes, EMPTY_GRAPH, moveNodes, removeItems, setConfig } from "./commands"
import { GraphEditor } from "./store"

const ids = (editor: GraphEditor) => editor.graph.nodes.map((node) => node.id)
const place = (editor: GraphEditor) => editor.graph.nodes[0]?.position

describe("the undo stack", () => {
  let time = 0
  let editor: GraphEditor

  beforeEach(() => {
    time = 0
    editor = new GraphEditor(
      { ...EMPTY_GRAPH, nodes: [{ id: "a", type: "T", position: [0, 0], config: {} }] },
      () => time,
    )
  })

  it("takes back and does again, and says what", () => {
    editor.apply("add b", addNodes([{ id: "b", type: "T" }]))
    editor.apply("delete a", removeItems(new Set(["a"]), new Set()))
    expect(editor.store.getState().labels).toEqual({ undo: "delete a", redo: null })

    expect(editor.undo()).toBe("delete a")
    expect(ids(editor)).toEqual(["a", "b"])
    expect(editor.undo()).toBe("add b")
    expect(editor.undo()).toBeNull()
    expect(editor.redo()).toBe("add b")
    expect(ids(editor)).toEqual(["a", "b"])
    expect(editor.store.getState().labels).toEqual({ undo: "add b", redo: "delete a" })
  })

  it("forgets what was undone once something else is done", () => {
    editor.apply("add b", addNodes([{ id: "b", type: "T" }]))
    editor.undo()
    editor.apply("add c", addNodes([{ id: "c", type: "T" }]))
    expect(editor.redo()).toBeNull()
    expect(ids(editor)).toEqual(["a", "c"])
  })

  it("counts a drag as one step, however many frames it had", () => {
    editor.beginGesture()
    for (let x = 1; x <= 40; x++) editor.preview(moveNodes(new Map([["a", [x, 0]]])))
    editor.endGesture("move")
    expect(place(editor)).toEqual([40, 0])

    editor.undo()
    expect(place(editor)).toEqual([0, 0])
    editor.redo()
    expect(place(editor)).toEqual([40, 0])
  })

  it("leaves no trace of a gesture that was given up", () => {
    editor.beginGesture()
    editor.preview(moveNodes(new Map([["a", [9, 9]]])))
    editor.cancelGesture()
    expect(place(editor)).toEqual([0, 0])
    expect(editor.undo()).toBeNull()
  })

  it("merges quick typing in one field, and neither slow typing nor two fields", () => {
    const type = (key: string, text: string) =>
      editor.apply("type", setConfig("a", key, text), { merge: key })
    type("code", "x")
    time = 500
    type("code", "xy")
    time = 2_500
    type("code", "xyz")
    type("url", "u")

    editor.undo()
    expect(editor.graph.nodes[0]?.config).toEqual({ code: "xyz" })
    editor.undo()
    expect(editor.graph.nodes[0]?.config).toEqual({ code: "xy" })
    editor.undo()
    expect(editor.graph.nodes[0]?.config).toEqual({})
  })

  it("ends a long stretch of typing after three seconds", () => {
    for (let at = 0; at <= 8; at++) {
      time = at * 500
      editor.apply("type", setConfig("a", "code", "x".repeat(at + 1)), { merge: "code" })
    }
    editor.undo()
    expect(editor.graph.nodes[0]?.config?.code).toBe("x".repeat(6))
  })

  it("does not select what undo took away", () => {
    const select = { nodes: new Set(["b"]), connections: new Set<string>() }
    editor.apply("add b", addNodes([{ id: "b", type: "T" }]), { select })
    editor.undo()
    expect(editor.selection.nodes.size).toBe(0)
  })

  it("is not touched by selecting", () => {
    editor.select({ nodes: new Set(["a"]), connections: new Set() })
    expect(editor.undo()).toBeNull()
  })

  it("keeps the newest two hundred steps", () => {
    for (let at = 0; at < 230; at++) editor.apply(`step ${at}`, setConfig("a", "n", at))
    let undone = 0
    while (editor.undo()) undone++
    expect(undone).toBe(200)
  })
})
