import { describe, expect, it } from "vitest"
import { refusalWords, standingWords } from "./words"

const refusal = (reason: string) => ({
  action: "",
  allowed: false,
  rule: "policy_deny",
  reason,
  policies: [],
  missing: [],
})

describe("what a person may not", () => {
  it("is said once for each reason", () => {
    const refused = {
      "node.outputs": refusal("The policy “A” denies it."),
      "node.logs": refusal("The policy “A” denies it."),
      "node.execute": refusal("You need a role."),
    }
    expect(refusalWords(refused)).toBe(
      "May not see outputs or logs: The policy “A” denies it. May not execute it: You need a role.",
    )
    const same = { "node.config": refusal("No."), "node.execute": refusal("No.") }
    expect(refusalWords(same)).toBe("May not see settings, nor execute it: No.")
  })

  it("stands beside who they are", () => {
    const viewer = {
      id: "1",
      name: "Dana",
      email: "",
      roles: ["analyst"],
      attributes: { clearance: "secret", regions: ["uk", "us"] },
    }
    expect(standingWords({ viewer })).toBe("analyst, clearance secret, regions uk us")
    expect(standingWords({ viewer: { ...viewer, name: "" } })).toBe("clearance secret, regions uk us")
  })
})
