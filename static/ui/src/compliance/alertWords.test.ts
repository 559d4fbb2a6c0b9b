import { expect, test } from "vitest"
import { kindLabel, measureWords } from "./alertWords"

test("an alert says what was seen beside what is usual", () => {
  expect(measureWords({ seen: 1340, usual: 12.5, limit: 60 })).toBe("1,340, usually 12.5; told from 60 on")
})

test("kinds have words, also those that came later", () => {
  expect(kindLabel("off_hours")).toBe("At night")
  expect(kindLabel("new_kind")).toBe("new kind")
})
