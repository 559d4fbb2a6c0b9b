import { describe, expect, it } from "vitest"
import { isGroup, NotACondition, partAt, readCondition, writeCondition } from "./condition"

const below = { attribute_path: "user.clearance", operator: "security_level_below", value: "secret" }
const region = { attribute_path: "user.region", operator: "not_in", value: ["UK", "IE"] }
const night = { attribute_path: "env.at", operator: "time_between", value: ["20:00", "07:00"] }

const rewritten = (document: unknown) => writeCondition(readCondition(document)).document

describe("conditions", () => {
  it.each([
    [null],
    [below],
    [{ and: [below, region] }],
    [{ or: [below, { and: [region, { not: night }] }] }],
    [{ not: { or: [below, region] } }],
    [{ not: { and: [below, region] } }],
    [{ and: [{ attribute_path: "user.id", operator: "is_owner" }, region] }],
    [{ and: [{ attribute_path: "user.region", operator: "equals", value_path: "resource.region" }, below] }],
    [{ and: [{ attribute_path: "user.is_active", operator: "equals", value: false }, below] }],
  ])("come back as they were: %j", (document) => {
    expect(rewritten(document)).toEqual(document)
  })

  it("are written in one form, whichever they were given in", () => {
    expect(rewritten({ operator: "and", conditions: [below, region] })).toEqual({ and: [below, region] })
    expect(rewritten({ operator: "not", condition: below })).toEqual({ not: below })
    expect(rewritten({ not: [below] })).toEqual({ not: below })
    expect(rewritten({ and: [below] })).toEqual(below)
  })

  it("show “not” of several as none of them", () => {
    const root = readCondition({ not: { or: [below, region] } })
    expect(root.join).toBe("none")
    expect(root.children).toHaveLength(2)
  })

  it("keep “not all” apart from “none”", () => {
    const root = readCondition({ not: { and: [below, region] } })
    const [inner] = root.children
    expect(root.join).toBe("none")
    expect(inner && isGroup(inner) && inner.join).toBe("all")
  })

  it.each([
    ["a text", "condition"],
    [{ and: [] }, "condition.and"],
    [{ and: [below, 5] }, "condition.and[1]"],
    [{ ...below, weight: 2 }, "condition.weight"],
    [{ ...below, operator: 3 }, "condition.operator"],
  ])("say where they are none: %j", (document, where) => {
    expect(() => readCondition(document)).toThrow(NotACondition)
    try {
      readCondition(document)
    } catch (reason) {
      expect((reason as NotACondition).where).toBe(where)
    }
  })
})

describe("places", () => {
  const document = { and: [below, { not: { or: [region, night] } }, { not: region }] }
  const root = readCondition(document)
  const { places } = writeCondition(root)
  const [first, none, not] = root.children

  it("lead to the part that a fault is in", () => {
    expect(partAt(places, "condition.and[0].operator")).toEqual({ id: first?.id, field: "operator" })
    const inNone = none && isGroup(none) ? none.children[1]?.id : ""
    expect(partAt(places, "condition.and[1].not.or[1].value")).toEqual({ id: inNone, field: "value" })
    const inNot = not && isGroup(not) ? not.children[0]?.id : ""
    expect(partAt(places, "condition.and[2].not.attribute_path")).toEqual({
      id: inNot,
      field: "attribute_path",
    })
  })

  it("lead to the group for what is said of all its parts", () => {
    expect(partAt(places, "condition.and")).toEqual({ id: root.id, field: "and" })
    expect(partAt(places, "condition.and[1].not.or")).toEqual({ id: none?.id, field: "not.or" })
  })

  it("lead nowhere outside of the condition", () => {
    expect(partAt(places, "actions[0]")).toBeNull()
  })
})
