import { describe, expect, it } from "vitest"
import { healthLook } from "./health"

const NOW = new Date("2026-03-01T12:00:00Z")
const look = (
  state: "ok" | "expiring" | "expired" | "failing" | "unknown",
  expires_at: string | null = null,
) => healthLook({ health: { state, reason: "" }, expires_at }, NOW)

describe("health", () => {
  it("says when it ends where that is known", () => {
    expect(look("expiring", "2026-03-05T12:00:00Z")).toMatchObject({
      words: "expires in 4 days",
      look: "is-warn",
    })
    expect(look("ok", "2026-03-20T12:00:00Z").words).toBe("expires in 19 days")
    expect(look("expired", "2026-02-27T12:00:00Z")).toMatchObject({
      words: "expired Feb 27",
      look: "is-bad",
    })
  })
  it("says that it is refused before it says when it ends", () => {
    expect(look("failing", "2026-03-05T12:00:00Z").words).toBe("refused")
  })
  it("does not say that it works where nobody knows", () => {
    expect(look("unknown").words).toBe("not tried yet")
    expect(look("ok").words).toBe("works")
  })
})
