import { expect, it } from "vitest"

import { fileNameOf } from "./download"

it("makes a file name of a title that file systems take", () => {
  expect(fileNameOf("Sales / 2024: EU", "json")).toBe("Sales - 2024- EU.json")
  expect(fileNameOf("  ", "json")).toBe("workflow.json")
  expect(fileNameOf("Größe", "csv")).toBe("Größe.csv")
})
