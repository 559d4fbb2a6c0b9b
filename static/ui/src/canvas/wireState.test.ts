import { expect, it } from "vitest"
import { wireState } from "./wireState"

it("draws a wire by the states of its ends", () => {
  expect(wireState("data", false, "succeeded", "succeeded")).toBe("")
  expect(wireState("data", true, "running", "pending")).toBe("")
  expect(wireState("data", true, "succeeded", "running")).toBe("live")
  expect(wireState("data", true, "succeeded", "succeeded")).toBe("done")
  expect(wireState("data", true, "succeeded", "skipped")).toBe("dead")
  expect(wireState("data", true, "skipped", "succeeded")).toBe("dead")
  expect(wireState("data", true, "failed", "skipped")).toBe("dead")
})

it("draws an error wire faint until the step before it failed", () => {
  expect(wireState("error", true, "succeeded", "skipped")).toBe("error idle")
  expect(wireState("error", true, "failed", "running")).toBe("error")
})
