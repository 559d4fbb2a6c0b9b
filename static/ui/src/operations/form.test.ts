import { expect, it } from "vitest"

import type { Operations } from "./api"
import { parse, textsOf } from "./form"

const BEFORE: Operations = {
  keep_days: null,
  keep_runs: 100,
  max_stored_mb: null,
  max_running: 2,
  max_running_per_key: 1,
  concurrency_key: "",
}

it("sends only what was changed", () => {
  const texts = { ...textsOf(BEFORE), keep_days: "0", max_running: "", concurrency_key: " ${customer} " }

  expect(parse(texts, BEFORE)).toEqual({
    ok: true,
    changes: { keep_days: 0, max_running: null, concurrency_key: "${customer}" },
  })
  expect(parse(textsOf(BEFORE), BEFORE)).toEqual({ ok: true, changes: {} })
})

it("names every field that is wrong", () => {
  const texts = { ...textsOf(BEFORE), keep_days: "-1", keep_runs: "many", max_running: "1.5" }

  expect(parse(texts, BEFORE)).toEqual({
    ok: false,
    errors: {
      keep_days: "At least 0.",
      keep_runs: "Enter a whole number, or nothing.",
      max_running: "Enter a whole number, or nothing.",
    },
  })
})
