import { expect, it } from "vitest"
import type { Entry } from "./types"
import { actorName, pageOf, shortHash, titleOf } from "./words"

const actor = (change: Partial<Entry["actor"]>): Pick<Entry, "actor"> => ({
  actor: { id: null, email: "", name: "", via: "session", token: "", ...change },
})

it("names who did it", () => {
  expect(actorName(actor({ name: "Dana Whitfield", email: "dana@acme.test" }))).toBe("Dana Whitfield")
  expect(actorName(actor({ email: "dana@acme.test" }))).toBe("dana@acme.test")
  expect(actorName(actor({ via: "system" }))).toBe("Lockgate")
  expect(actorName(actor({ via: "anonymous" }))).toBe("nobody signed in")
})

it("says what was done, and that it was refused", () => {
  expect(titleOf({ action: "workflow.publish", decision: "" })).toBe("Workflow publish")
  expect(titleOf({ action: "run.data", decision: "denied" })).toBe("Run data: denied")
})

it("leads to what has a page", () => {
  expect(pageOf({ object: { type: "run", id: "r1", label: "Run 1" } })).toBe("/runs/r1")
  expect(pageOf({ object: { type: "policy", id: "p1", label: "Four eyes" } })).toBeNull()
  expect(pageOf({ object: { type: "run", id: "", label: "" } })).toBeNull()
})

it("shortens a hash to its ends", () => {
  expect(shortHash("9f2c00000000000041ab")).toBe("9f2c…41ab")
})
