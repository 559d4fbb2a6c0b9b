import { describe, expect, it } from "vitest"
import {
  NO_QUESTION,
  questionOf,
  simulationOf,
  testOf,
  whoWords,
  whyNotAsked,
  type Question,
} from "./question"
import { SOME_WORDS as words } from "./someWords"

const STATED: Question = {
  who: { kind: "stated", roles: ["analyst"], attributes: { region: "US", seniority: "3", clearance: " " } },
  action: "data.reveal",
  what: {
    kind: "stated",
    type: "run",
    isOwn: true,
    attributes: { tags: "pii, payroll", classification: "secret" },
  },
  at: "2026-11-23T21:30",
  ip: "203.0.113.24",
  hasFactor: false,
}

describe("a question", () => {
  it("states values by the kinds of their attributes", () => {
    expect(simulationOf(STATED, words)).toEqual({
      action: "data.reveal",
      subject: { roles: ["analyst"], attributes: { region: "US", seniority: 3 } },
      resource: {
        type: "run",
        owner: "self",
        attributes: { tags: ["pii", "payroll"], classification: "secret" },
      },
      env: { at: "2026-11-23T21:30:00Z", ip: "203.0.113.24" },
    })
  })

  it("names a person and a thing that are there", () => {
    const asked = simulationOf(
      {
        ...STATED,
        who: { kind: "person", id: "u", label: "Dana" },
        what: { kind: "thing", type: "run", id: "r", label: "Run 1" },
      },
      words,
    )
    expect(asked).toMatchObject({ user: "u", resource_type: "run", resource_id: "r" })
    expect(asked).not.toHaveProperty("subject")
  })

  it("says what is missing of it", () => {
    expect(whyNotAsked(NO_QUESTION)).toBe("Choose an action.")
    expect(whyNotAsked({ ...STATED, who: { kind: "person", id: "", label: "" } })).toBe("Choose a person.")
    expect(whyNotAsked(STATED)).toBeNull()
  })

  it("is a test case, and comes back from one", () => {
    const test = testOf(STATED, words)
    expect(test && questionOf(test)).toEqual({
      ...STATED,
      who: { kind: "stated", roles: ["analyst"], attributes: { region: "US", seniority: "3" } },
    })
    expect(testOf({ ...STATED, who: { kind: "person", id: "u", label: "" } }, words)).toBeNull()
  })

  it("is about somebody, in words", () => {
    expect(whoWords({ kind: "stated", roles: ["analyst"], attributes: { region: "US" } })).toBe(
      "Somebody: analyst, region US",
    )
  })
})
