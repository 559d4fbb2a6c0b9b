import { expect, it } from "vitest"
import { DEMO, isAboutConfig, problemsOfConfig, withSetting } from "./config"

it("keeps what is set, and forgets what is the template's own again", () => {
  const set = withSetting(DEMO, "dataset", "mine")
  expect(set).toEqual({ dataset: "mine" })
  expect(withSetting(set, "dataset", undefined)).toEqual({})
  expect(DEMO).toEqual({})
})

it("finds the field of a problem, also inside one of several kinds", () => {
  const problems = problemsOfConfig({
    "config.warehouse": "is too short",
    "config.data_sources.0.apis.url": "is no address",
    "config.levels.1.title": "is too long",
    name: "is taken",
  })
  expect([...problems.keys()]).toEqual(["warehouse", "data_sources.0.url", "levels.1.title"])
  expect(problems.get("warehouse")).toEqual([{ message: "is too short", severity: "error" }])
})

it("says whether a refusal is about the configuration", () => {
  expect(isAboutConfig({ "config.dataset": "x" })).toBe(true)
  expect(isAboutConfig({ config: "x" })).toBe(true)
  expect(isAboutConfig({ name: "x" })).toBe(false)
})
