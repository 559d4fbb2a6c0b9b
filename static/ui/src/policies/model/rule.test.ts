import { describe, expect, it } from "vitest"
import { documentOf, keyFrom, lineOf, missingParts, readText, ruleOf, sameDocument, textOfRule } from "./rule"

const region = { attribute_path: "user.region", operator: "not_in", value: ["UK", "IE"] }
const clearance = { attribute_path: "user.clearance", operator: "exists" }
const DOCUMENT = {
  key: "stays-in-region",
  label: "Applicant data stays in region",
  effect: "deny" as const,
  resource_type: "run",
  resources: ["*"],
  actions: ["data.reveal"],
  condition: { and: [{ or: [region, clearance] }, { not: clearance }] },
}
const rule = ruleOf(DOCUMENT)

describe("a rule", () => {
  it("comes back as it was, from the tree and from its text", () => {
    expect(documentOf(rule)).toEqual(DOCUMENT)
    const read = readText(textOfRule(rule))
    expect(read.ok && documentOf(read.rule)).toEqual(DOCUMENT)
  })

  it("is the same whatever stands beside its fields", () => {
    expect(sameDocument(DOCUMENT, { ...DOCUMENT, status: "active" } as never)).toBe(true)
    expect(sameDocument(DOCUMENT, { ...DOCUMENT, effect: "allow" })).toBe(false)
  })

  it("is the same in whichever order its keys stand", () => {
    const turned = { operator: "exists", attribute_path: "user.clearance" }
    const condition = { and: [{ or: [region, turned] }, { not: turned }] }
    expect(sameDocument(DOCUMENT, { ...DOCUMENT, condition })).toBe(true)
  })

  it("may leave out what has a usual value", () => {
    const read = readText('{"key": "k", "effect": "allow", "actions": ["run.view"]}')
    expect(read.ok && read.rule).toMatchObject({ resource_type: "*", resources: ["*"] })
  })

  it("says what is missing", () => {
    expect(missingParts({ ...rule, actions: [], label: " " }).map((fault) => fault.field)).toEqual([
      "label",
      "actions",
    ])
    expect(missingParts(rule)).toEqual([])
  })

  it("has a key like its name", () => {
    expect(keyFrom("Größte Daten: bleiben – hier!")).toBe("gro-te-daten-bleiben-hier")
    expect(keyFrom("  ")).toBe("")
  })
})

describe("a text that is no rule", () => {
  it.each([
    ['{\n  "key": "k",\n  oops\n}', "breaks in line 3"],
    ["[]", "JSON object"],
    ['{"key": "K!", "effect": "deny", "actions": []}', "“key”"],
    ['{"key": "k", "effect": "mask", "actions": []}', "“effect”"],
    ['{"key": "k", "effect": "deny", "actions": "all"}', "“actions”"],
    ['{"key": "k", "effect": "deny", "actions": [], "weight": 1}', "“weight”"],
    ['{"key": "k", "effect": "deny", "actions": [], "condition": {"and": []}}', "condition.and"],
  ])("says why: %s", (text, expected) => {
    const read = readText(text)
    expect(read.ok).toBe(false)
    expect(!read.ok && read.message).toContain(expected)
  })
})

describe("the line of a place", () => {
  const text = textOfRule(rule)
  const at = (place: string) => text.split("\n")[(lineOf(text, place) ?? 0) - 1]?.trim()

  it.each([
    ["effect", '"effect": "deny",'],
    ["condition", '"condition": {'],
    ["condition.and[0].or", '"or": ['],
    ["condition.and[0].or[0].operator", '"operator": "not_in",'],
    ["condition.and[0].or[1].attribute_path", '"attribute_path": "user.clearance",'],
    ["condition.and[1].not.operator", '"operator": "exists"'],
  ])("%s", (place, expected) => {
    expect(at(place)).toBe(expected)
  })

  it("is that of what is around it where it is missing itself", () => {
    expect(at("condition.and[1].not.value")).toBe('"not": {')
    expect(lineOf(text, "nowhere")).toBeNull()
  })
})
