import { expect, it } from "vitest"
import { questionFrom } from "./prefill"
import { NO_QUESTION } from "./question"

const address = (given: unknown) => `?simulate=${encodeURIComponent(JSON.stringify(given))}`

it("asks what the address says", () => {
  const asked = questionFrom(
    address({ user: "u", user_label: "Dana", action: "run.data", resource_type: "run", resource_id: "r" }),
  )
  expect(asked.who).toEqual({ kind: "person", id: "u", label: "Dana" })
  expect(asked.what).toEqual({ kind: "thing", type: "run", id: "r", label: "r" })
  expect(asked.action).toBe("run.data")
})

it("states somebody", () => {
  const { who } = questionFrom(address({ subject: { roles: ["analyst"], attributes: { region: "US" } } }))
  expect(who).toEqual({ kind: "stated", roles: ["analyst"], attributes: { region: "US" } })
})

it("leaves out what cannot be read", () => {
  expect(questionFrom("?simulate=oops")).toBe(NO_QUESTION)
  expect(questionFrom("")).toBe(NO_QUESTION)
})
