import { describe, expect, it } from "vitest"
import { newComparison, newGroup } from "./condition"
import { append } from "./moves"
import { textOf, TreeKeeper, treeOf } from "./treeKeeper"

const STATED = '{"attribute_path": "user.department", "operator": "equals", "value": "lending"}'

function keeperOf(text: string) {
  const told: string[] = []
  const root = treeOf(text)
  if (!root) throw new Error("no condition")
  return { told, keeper: new TreeKeeper(root, (each) => told.push(each)) }
}

describe("a condition that is kept as text", () => {
  it("tells its text after a change, and the text before after it was undone", () => {
    const { told, keeper } = keeperOf(STATED)
    keeper.editTree((root) => append(root, root.id, newComparison("data.country", "exists")))
    expect(JSON.parse(told[0] ?? "")).toEqual({
      and: [JSON.parse(STATED), { attribute_path: "data.country", operator: "exists" }],
    })
    keeper.undo()
    expect(JSON.parse(told[1] ?? "")).toEqual(JSON.parse(STATED))
    keeper.undo()
    expect(told).toHaveLength(2)
  })

  it("undoes what was typed into one field at once", () => {
    const { told, keeper } = keeperOf("")
    for (const path of ["u", "us", "use"])
      keeper.editTree(() => newGroup("all", [newComparison(path, "exists")]), "path")
    keeper.undo()
    expect(told.at(-1)).toBe("")
  })

  it("keeps its parts while the text says the same, and takes another one", () => {
    const { told, keeper } = keeperOf(STATED)
    const before = keeper.root()
    keeper.see(treeOf(STATED.replaceAll(" ", "\n ")) ?? before)
    expect(keeper.root()).toBe(before)
    keeper.see(newGroup("all", []))
    expect(textOf(keeper.root())).toBe("")
    expect(told).toEqual([])
  })

  it("says that a text is no condition", () => {
    expect(treeOf("{")).toBeNull()
    expect(treeOf('{"what": 1}')).toBeNull()
    expect(treeOf("")?.children).toEqual([])
  })
})
