import { describe, expect, it } from "vitest"
import { readCondition } from "./condition"
import { SOME_WORDS } from "./someWords"
import { actionWords, conditionWords, resourceWords, ruleWords, valueWords } from "./words"

const region = { attribute_path: "user.region", operator: "not_in", value: ["UK", "IE"] }
const below = {
  attribute_path: "user.clearance",
  operator: "security_level_below",
  value_path: "resource.classification",
}
const night = { attribute_path: "env.at", operator: "time_between", value: ["20:00", "07:00"] }

describe("conditions in words", () => {
  it.each([
    [null, ""],
    [region, "user.region is none of UK, IE"],
    [
      { and: [region, below] },
      "user.region is none of UK, IE and user.clearance is below the level resource.classification",
    ],
    [
      { and: [region, { or: [below, night] }] },
      "user.region is none of UK, IE and (user.clearance is below the level resource.classification or env.at is at a time between 20:00 and 07:00)",
    ],
    [{ not: region }, "not user.region is none of UK, IE"],
    [
      { not: { or: [region, night] } },
      "none of (user.region is none of UK, IE, env.at is at a time between 20:00 and 07:00)",
    ],
    [{ attribute_path: "user.region", operator: "exists" }, "user.region is set"],
    [{ attribute_path: "user.region", operator: "equals" }, "user.region is …"],
  ])("%j", (document, expected) => {
    expect(conditionWords(readCondition(document), SOME_WORDS)).toBe(expected)
  })

  it("shorten long lists", () => {
    expect(valueWords(["a", "b", "c", "d", "e"])).toBe("a, b, c and 2 more")
    expect(valueWords([1, 5], "range")).toBe("1 and 5")
    expect(valueWords(false)).toBe("false")
    expect(valueWords(0)).toBe("0")
  })
})

describe("rules in words", () => {
  it("say who may what, of what and when", () => {
    const rule = { effect: "deny", actions: ["data.reveal"], resource_type: "run", resources: ["*"] }
    expect(ruleWords({ ...rule, root: readCondition(region) }, SOME_WORDS)).toBe(
      "Nobody may see masked values for a while, of any run, when user.region is none of UK, IE.",
    )
    expect(ruleWords({ ...rule, effect: "allow", root: readCondition(null) }, SOME_WORDS)).toContain(
      "Everybody may see masked values for a while, of any run, always.",
    )
  })

  it("name actions by what they let people do", () => {
    expect(actionWords(["workflow.view", "node.*"], SOME_WORDS)).toBe("see workflows, do anything with nodes")
    expect(actionWords(["*"], SOME_WORDS)).toBe("do anything")
    expect(actionWords(["a", "b", "c", "d"], SOME_WORDS)).toBe("a, b, c and 1 more")
  })

  it("count the things that they name", () => {
    expect(resourceWords("*", ["*"], SOME_WORDS)).toBe("anything")
    expect(resourceWords("workflow", ["x", "y"], SOME_WORDS)).toBe("2 workflows")
    expect(resourceWords("unheard_of", ["*"], SOME_WORDS)).toBe("any unheard of")
  })
})
