import { describe, expect, it } from "vitest"
import { readCondition, writeCondition } from "./condition"
import { locate, type Finding } from "./remarks"

const region = { attribute_path: "user.region", operator: "not_in", value: ["UK"] }
const root = readCondition({ and: [region, region] })
const { places } = writeCondition(root)
const second = root.children[1]?.id ?? ""

const finding = (path: string, more: Partial<Finding> = {}): Finding => ({
  code: "always_true",
  severity: "warning",
  path,
  message: "This is always true.",
  policies: [],
  fix: null,
  ...more,
})

describe("remarks", () => {
  it("stand at the part that they are about, with its field", () => {
    const found = locate([{ field: "condition.and[1].value", message: "is no level" }], [], places)
    expect(found.byPart.get(second)).toMatchObject([{ severity: "error", field: "value" }])
  })

  it("know the part that can be taken away", () => {
    const fix = { op: "remove" as const, path: "condition.and[1]" }
    const found = locate([], [finding("condition.and[1]", { fix })], places)
    expect(found.byPart.get(second)?.[0]?.removes).toBe(second)
  })

  it("stand at the root for what is said of the whole condition", () => {
    expect(locate([], [finding("condition")], places).byPart.has(root.id)).toBe(true)
  })

  it("stand at fields, and apart where they are about the policy", () => {
    const found = locate(
      [{ field: "actions[0]", message: "is no action" }],
      [finding("", { code: "lock_out", severity: "error" })],
      places,
    )
    expect(found.byField).toEqual({ actions: "is no action" })
    expect(found.general).toHaveLength(1)
  })

  it("are not said twice of one place", () => {
    const found = locate(
      [{ field: "condition.and[1].attribute_path", message: "is not defined" }],
      [finding("condition.and[1].attribute_path", { code: "unknown_attribute", severity: "error" })],
      places,
    )
    expect(found.byPart.get(second)).toHaveLength(1)
  })
})
