import { expect, it } from "vitest"
import { isChanged, keyOf, moved, problemOf, renamed } from "./levels"

const ROWS = [
  { key: "public", label: "Public" },
  { key: "internal", label: "Internal" },
  { key: "secret", label: "Secret" },
]
const keys = (rows: readonly { key: string }[]) => rows.map((row) => row.key).join()

it("moves a level up and down, and not over the edge", () => {
  expect(keys(moved(ROWS, 2, 0))).toBe("secret,public,internal")
  expect(keys(moved(ROWS, 0, 1))).toBe("internal,public,secret")
  expect(moved(ROWS, 0, -1)).toBe(ROWS)
  expect(moved(ROWS, 2, 3)).toBe(ROWS)
})

it("keeps the key of a level that is stored when it is renamed", () => {
  expect(renamed(ROWS, 0, "Open")[0]).toEqual({ key: "public", label: "Open" })
  const made = [...ROWS, { key: "", label: "", isNew: true }]
  expect(renamed(made, 3, "Top secret")[3]?.key).toBe("top_secret")
})

it("tells changes and what cannot be", () => {
  expect(isChanged(ROWS, ROWS)).toBe(false)
  expect(isChanged(moved(ROWS, 0, 1), ROWS)).toBe(true)
  expect(problemOf(ROWS)).toBeNull()
  expect(problemOf([...ROWS, { key: "", label: " " }])).toMatch(/name/)
  expect(problemOf([...ROWS, { key: "secret", label: "Secret" }])).toMatch(/same/)
  expect(keyOf("  Für uns! ")).toBe("fu_r_uns")
})
