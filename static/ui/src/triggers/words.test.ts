import { describe, expect, it } from "vitest"

import { isSame, newSetup, newSignature, summaryOf, trimmedInputs } from "./words"

describe("triggers in words", () => {
  it("says when a schedule fires, and where", () => {
    expect(summaryOf(newSetup("schedule", "Europe/Lisbon"))).toBe("Every day at 09:00, Europe/Lisbon")
  })

  it("says whether calls are signed, and whether they wait", () => {
    const hook = newSetup("webhook", "UTC")
    if (hook.kind !== "webhook") throw new Error("not a webhook")
    const config = {
      ...hook.config,
      signature: newSignature("bureau"),
      respond: { wait_s: 5, node: null, output: null },
    }

    expect(summaryOf(hook)).toBe("POST · not signed")
    expect(summaryOf({ ...hook, config })).toBe("POST · signed · waits for the result")
  })

  it("takes parameters of a call by name, of others by expressions", () => {
    expect(newSetup("webhook", "UTC").inputs).toBeNull()
    expect(newSetup("workflow", "UTC").inputs).toEqual({})
  })

  it("tells a change from another order of the same", () => {
    const setup = { ...newSetup("workflow", "UTC"), inputs: { region: "run.id", limit: "1" } }

    expect(isSame(setup, { ...setup, inputs: { limit: "1", region: "run.id" } })).toBe(true)
    expect(isSame(setup, { ...setup, inputs: { limit: "2", region: "run.id" } })).toBe(false)
  })

  it("leaves out expressions that were emptied", () => {
    expect(trimmedInputs({ region: "body.region", limit: " " })).toEqual({ region: "body.region" })
    expect(trimmedInputs(null)).toBeNull()
  })
})
