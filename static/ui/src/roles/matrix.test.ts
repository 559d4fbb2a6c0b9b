import { describe, expect, it } from "vitest"
import { cellOf, changesIn, groupsOf, keyFrom, neighbour, possibleParents, toggled } from "./matrix"
import type { Role } from "./types"

const role = (id: number, key: string, more: Partial<Role> = {}): Role => ({
  id,
  key,
  label: key,
  permissions: [],
  parents: [],
  ceiling: null,
  inherited: {},
  limit: null,
  members: 0,
  can: [],
  ...more,
})

describe("the permissions matrix", () => {
  const viewer = role(1, "viewer", { permissions: ["run.view"] })
  const editor = role(2, "editor", { inherited: { "run.view": "viewer" }, limit: ["run.view"] })

  it("tells what a role gives itself, what it inherits, and what its limit takes away", () => {
    expect(cellOf(viewer, "run.view", {})).toEqual({ given: "self", bounded: false })
    expect(cellOf(editor, "run.view", {})).toEqual({ given: "above", by: "viewer", bounded: false })
    expect(cellOf(editor, "run.cancel", {})).toEqual({ given: "none", bounded: true })
  })

  it("keeps only real changes", () => {
    const once = toggled(viewer, "run.cancel", {})
    expect(cellOf(viewer, "run.cancel", once).given).toBe("self")
    expect(changesIn([viewer, editor], toggled(editor, "run.view", once))).toBe(2)
    expect(toggled(viewer, "run.cancel", once)).toEqual({})
  })

  it("groups actions and leaves out what everybody has", () => {
    const of = (name: string, everybodys = false) => ({
      name,
      label: name,
      resource_type: name.split(".")[0]!,
      everybodys,
    })
    const groups = groupsOf([of("run.view"), of("token.manage", true), of("node.edit"), of("run.data")])
    expect(groups.map(({ type, actions }) => [type, actions.length])).toEqual([
      ["run", 2],
      ["node", 1],
    ])
  })

  it("moves by arrows and stays inside", () => {
    expect(neighbour([0, 0], "ArrowUp", 3, 2)).toEqual([0, 0])
    expect(neighbour([0, 0], "ArrowRight", 3, 2)).toEqual([0, 1])
    expect(neighbour([2, 1], "Home", 3, 2)).toEqual([2, 0])
    expect(neighbour([0, 0], "a", 3, 2)).toBeNull()
  })

  it("offers no parent that would make a circle", () => {
    const top = role(1, "top")
    const middle = role(2, "middle", { parents: ["top"] })
    const low = role(3, "low", { parents: ["middle"] })
    expect(possibleParents(top, [top, middle, low])).toEqual([])
    expect(possibleParents(low, [top, middle, low])).toEqual([top, middle])
  })

  it("makes keys from labels", () => {
    expect(keyFrom("Risk team, 2nd line")).toBe("risk-team-2nd-line")
    expect(keyFrom("42 Über")).toBe("u-ber")
  })
})
