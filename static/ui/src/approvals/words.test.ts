import { describe, expect, it } from "vitest"

import { askedWords, countWords } from "./words"

const vote = (decision: "approve" | "reject") => ({
  user: null,
  name: "mara@acme.test",
  decision,
  comment: "",
  at: "2026-11-23T09:00:00Z",
})

describe("approvals in words", () => {
  it("says who is asked", () => {
    expect(askedWords({ roles: ["owner"], users: [] })).toBe("owners")
    expect(askedWords({ roles: ["owner", "editor"], users: ["jonas@acme.test"] })).toBe(
      "owners, editors and jonas@acme.test",
    )
    expect(askedWords({ roles: [], users: [] })).toBe("anyone who may approve")
  })

  it("counts approvals where more than one is needed", () => {
    expect(countWords({ required: 1, votes: [] })).toBeNull()
    expect(countWords({ required: 2, votes: [vote("approve"), vote("reject")] })).toBe("1 of 2 approvals")
  })
})
