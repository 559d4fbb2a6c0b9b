import { expect, it } from "vitest"
import { actionsOf, bundleWords } from "./bundles"

it("adds to what the smaller bundles allow", () => {
  expect(actionsOf("see")).toEqual(["workflow.view", "run.view", "node.config"])
  expect(actionsOf("edit")).toEqual(expect.arrayContaining([...actionsOf("run"), "node.delete"]))
})

it("calls grants by their bundle, others by their actions", () => {
  expect(bundleWords(actionsOf("data").reverse())).toBe("See its data")
  expect(bundleWords(["workflow.view", "run.cancel"])).toBe("run.cancel, workflow.view")
})
