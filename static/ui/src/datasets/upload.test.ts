import { describe, expect, it } from "vitest"

import { datasetName, readAnswer, refusal } from "./upload"

const LIMITS = { max_bytes: 64 * 1024 * 1024, formats: ["csv", "json", "parquet"] }

describe("before sending", () => {
  it("takes a file that fits", () => {
    expect(refusal({ name: "a.CSV", size: 10 }, LIMITS)).toBeNull()
  })

  it("refuses a file over the limit with both sizes", () => {
    expect(refusal({ name: "big.csv", size: 200 * 1024 * 1024 }, LIMITS)).toBe(
      "“big.csv” has 200 MiB; a dataset may have 64 MiB at most.",
    )
  })

  it("refuses an empty file and an unknown format", () => {
    expect(refusal({ name: "a.csv", size: 0 }, LIMITS)).toMatch(/is empty/)
    expect(refusal({ name: "a.xlsx", size: 5 }, LIMITS)).toBe("“a.xlsx” is not one of .csv, .json, .parquet.")
  })

  it("names the dataset after the file", () => {
    expect(datasetName("Sales 2024.csv")).toBe("Sales 2024")
    expect(datasetName(".csv")).toBe(".csv")
  })
})

describe("the server's answer", () => {
  it("is the new dataset", () => {
    expect(readAnswer(201, '{"id": "d1"}')).toEqual({ ok: true, id: "d1" })
  })

  it("keeps line and column of what is broken", () => {
    const body = JSON.stringify({
      detail: "The file cannot be read.",
      errors: [{ line: 4, column: 2, message: "3 values, 4 expected." }],
    })

    expect(readAnswer(422, body)).toEqual({
      ok: false,
      message: "The file cannot be read.",
      errors: [{ line: 4, column: 2, message: "3 values, 4 expected." }],
    })
  })

  it("says what happened when there is no readable answer", () => {
    expect(readAnswer(0, "")).toMatchObject({ ok: false, message: /connection broke/ })
    expect(readAnswer(413, "<html>")).toMatchObject({ message: "The file is larger than the server takes." })
    expect(readAnswer(500, "")).toMatchObject({ message: "The server answered 500." })
  })
})
