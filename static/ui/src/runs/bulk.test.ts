import { expect, it } from "vitest"

import type { Run } from "../api/types"
import type { BulkResult } from "./controlApi"
import { fitting, problemText, statesText } from "./bulk"

const runs = (...statuses: string[]) => statuses.map((status) => ({ id: status, status }) as Run)

it("counts the runs by their state, in a fixed order", () => {
  expect(statesText(runs("failed", "succeeded", "failed", "running"))).toBe(
    "1 running, 1 succeeded, 2 failed",
  )
})

it("knows which runs an action does something to", () => {
  const some = runs("queued", "paused", "succeeded")

  expect(fitting("rerun", some)).toHaveLength(3)
  expect(fitting("cancel", some).map((run) => run.status)).toEqual(["queued", "paused"])
  expect(fitting("pause", some).map((run) => run.status)).toEqual(["queued"])
  expect(fitting("resume", some).map((run) => run.status)).toEqual(["queued", "paused"])
})

it("says what the server objected to", () => {
  const refused = (problem: object | null) => ({ id: "a", ok: false, run: null, problem }) as BulkResult

  expect(problemText(refused({ detail: "It has ended.", title: "No" }))).toBe("It has ended.")
  expect(problemText(refused({ title: "Conflict" }))).toBe("Conflict")
  expect(problemText(refused(null))).toBe("It did not work.")
})
