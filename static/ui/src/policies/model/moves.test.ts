import { describe, expect, it } from "vitest"
import { isGroup, type Condition, type Group } from "./condition"
import {
  append,
  change,
  countComparisons,
  keepsTogether,
  move,
  nearestGap,
  remove,
  setJoin,
  step,
  ungroup,
  wrap,
  type Direction,
} from "./moves"

const leaf = (id: string): Condition => ({
  id,
  path: `user.${id}`,
  operator: "exists",
  value: undefined,
  valuePath: null,
})
const group = (id: string, join: Group["join"], ...children: Condition[]): Group => ({ id, join, children })

/** `all(a any(b c) d)`, so that trees are read at a glance. */
const shown = (condition: Condition): string =>
  isGroup(condition) ? `${condition.join}(${condition.children.map(shown).join(" ")})` : condition.id

const tree = group("root", "all", leaf("a"), group("g", "any", leaf("b"), leaf("c")), leaf("d"))

const stepped = (root: Group, id: string, direction: Direction) => {
  const to = step(root, id, direction)
  return to ? shown(move(root, id, to)) : null
}

describe("moving by keys", () => {
  it.each<[string, Direction, string | null]>([
    ["a", "up", null],
    ["a", "down", "all(any(b c) a d)"],
    ["d", "up", "all(a d any(b c))"],
    ["d", "down", null],
    ["b", "down", "all(a any(c b) d)"],
    ["b", "up", "all(a b any(c) d)"],
    ["c", "down", "all(a any(b) c d)"],
    ["c", "out", "all(a any(b) c d)"],
    ["a", "out", null],
    ["a", "in", "all(any(a b c) d)"],
    ["d", "in", "all(a any(b c d))"],
    ["b", "in", null],
    ["g", "down", "all(a d any(b c))"],
    ["g", "in", null],
  ])("%s %s", (id, direction, expected) => {
    expect(stepped(tree, id, direction)).toBe(expected)
  })

  it("goes around a whole tree without losing anything", () => {
    let root = tree
    for (let press = 0; press < 8; press++) {
      const to = step(root, "a", press % 2 ? "in" : "down")
      if (to) root = move(root, "a", to)
      expect(countComparisons(root)).toBe(4)
    }
  })
})

describe("moving to a place", () => {
  it("takes the place as it is before the move", () => {
    expect(shown(move(tree, "a", { group: "root", at: 3 }))).toBe("all(any(b c) d a)")
    expect(shown(move(tree, "d", { group: "g", at: 1 }))).toBe("all(a any(b d c))")
  })

  it("never moves a group into itself", () => {
    expect(move(tree, "g", { group: "g", at: 0 })).toBe(tree)
  })

  it("leaves a tree that would stay as it is", () => {
    expect(move(tree, "a", { group: "root", at: 1 })).toBe(tree)
  })

  it("takes away the group that it empties", () => {
    const small = group("root", "all", leaf("a"), group("g", "any", leaf("b")))
    expect(shown(move(small, "b", { group: "root", at: 0 }))).toBe("all(b a)")
  })
})

describe("changing", () => {
  it("adds, changes and takes away", () => {
    expect(shown(append(tree, "g", leaf("e")))).toBe("all(a any(b c e) d)")
    expect(shown(remove(tree, "b"))).toBe("all(a any(c) d)")
    expect(shown(remove(remove(tree, "b"), "c"))).toBe("all(a d)")
    const [first] = change(tree, "a", { operator: "equals", value: 5 }).children
    expect(first).toMatchObject({ id: "a", operator: "equals", value: 5 })
    expect(shown(setJoin(tree, "g", "none"))).toBe("all(a none(b c) d)")
  })

  it("keeps what does not change as it is, so that it is not drawn again", () => {
    const after = change(tree, "a", { value: 1 })
    expect(after.children[1]).toBe(tree.children[1])
  })

  it("groups and takes groups apart", () => {
    expect(shown(wrap(tree, "b", "none"))).toBe("all(a any(none(b) c) d)")
    expect(shown(wrap(tree, "g", "all"))).toBe("all(a all(any(b c)) d)")
    expect(shown(ungroup(tree, "g"))).toBe("all(a b c d)")
  })

  it("does not take apart what would turn into its opposite", () => {
    const none = setJoin(tree, "g", "none")
    expect(keepsTogether(none, "g")).toContain("opposite")
    expect(ungroup(none, "g")).toBe(none)
    expect(ungroup(tree, "root")).toBe(tree)
  })
})

describe("dropping", () => {
  const gaps = [
    { group: "root", at: 1, x: 20, y: 100 },
    { group: "g", at: 2, x: 60, y: 100 },
    { group: "root", at: 2, x: 20, y: 140 },
  ]

  it("takes the nearest gap by height", () => {
    expect(nearestGap(gaps, 20, 132)).toBe(gaps[2])
  })

  it("tells gaps at one height apart by how far in the pointer is", () => {
    expect(nearestGap(gaps, 30, 101)).toBe(gaps[0])
    expect(nearestGap(gaps, 70, 101)).toBe(gaps[1])
    expect(nearestGap([], 0, 0)).toBeNull()
  })
})
