import { expect, it } from "vitest"
import { denialOf } from "./denial"
import { ApiProblem } from "./problem"

const BODY = {
  detail: "You need clearance secret.",
  reason: "policy_deny",
  rule: "clearance",
  action: "run.data",
  resource_type: "workflow",
  resource_id: "w1",
  can_request: true,
}

it("reads from a refusal what can be asked for", () => {
  expect(denialOf(new ApiProblem(403, BODY))).toEqual({
    action: "run.data",
    resource_type: "workflow",
    resource_id: "w1",
    reason: "You need clearance secret.",
    rule: "clearance",
    can_request: true,
  })
})

it("offers nothing where the server does not say that it can be asked for", () => {
  expect(denialOf(new ApiProblem(403, { ...BODY, can_request: undefined }))?.can_request).toBe(false)
  expect(denialOf(new ApiProblem(403, { detail: "The token in this form has expired." }))).toBeNull()
  expect(denialOf(new ApiProblem(404, BODY))).toBeNull()
  expect(denialOf(new Error("offline"))).toBeNull()
})
