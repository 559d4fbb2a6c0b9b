import { describe, expect, it } from "vitest"
import { approvalWords, whyNotActivated } from "./standing"

const NO_APPROVAL = { needed: false, by: null, at: null, may_approve: false }
const policy = { draft: null, status: "draft" as const, approval: NO_APPROVAL }
const ready = { policy, phase: "saved", faults: 0, failing: 0 }

describe("why a policy is not activated", () => {
  it.each([
    [ready, null],
    [{ ...ready, failing: 1 }, "1 test fails"],
    [{ ...ready, failing: 3 }, "3 tests fail"],
    [{ ...ready, faults: 2, phase: "faulty" }, "The rule has 2 faults"],
    [{ ...ready, phase: "saving" }, "It is not saved yet"],
    [{ ...ready, phase: "conflict" }, "Somebody else changed it"],
    [{ ...ready, policy: { ...policy, status: "active" as const } }, "It is active as it is"],
    [{ ...ready, policy: { ...policy, status: "shadow" as const } }, null],
    [
      { ...ready, failing: 1, policy: { ...policy, approval: { ...NO_APPROVAL, needed: true } } },
      "1 test fails · a second person must approve",
    ],
  ])("%#", (facts, expected) => {
    expect(whyNotActivated(facts)).toBe(expected)
  })

  it("is not watched twice, and may be watched while tests fail", () => {
    expect(whyNotActivated({ ...ready, failing: 2, isShadow: true })).toBeNull()
    const watched = { ...policy, status: "shadow" as const }
    expect(whyNotActivated({ ...ready, policy: watched, isShadow: true })).toContain("in shadow as it is")
  })

  it("knows whose turn it is to approve", () => {
    const needed = { ...NO_APPROVAL, needed: true }
    expect(approvalWords(policy)).toBeNull()
    expect(approvalWords({ ...policy, approval: needed })).toBe("others")
    expect(approvalWords({ ...policy, approval: { ...needed, may_approve: true } })).toBe("yours")
  })
})
