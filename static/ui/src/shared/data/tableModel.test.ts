import { describe, expect, it } from "vitest"

import { cellPlaces, cellText, firstPlace, places, schemaLines, toTable } from "./tableModel"

describe("a value as a table", () => {
  it("shows records by the union of their keys", () => {
    const table = toTable([
      { id: 1, name: "a" },
      { id: 2, score: 0.5 },
    ])

    expect(table.columns).toEqual([
      { key: "id", type: "number" },
      { key: "name", type: "text" },
      { key: "score", type: "number" },
    ])
    expect(table.rows[1]).toEqual([2, undefined, 0.5])
  })

  it("shows an object as key and value", () => {
    expect(toTable({ count: 2, label: "x" }).rows).toEqual([
      ["count", 2],
      ["label", "x"],
    ])
  })

  it("knows where each of its cells stands", () => {
    const [id, name] = [{ key: "id", type: "number" } as const, { key: "name", type: "text" } as const]
    expect(cellPlaces([{ id: 1, name: "a" }])(0, name, 1)).toEqual(["0", "name"])
    expect(cellPlaces(["a", "b"])(1, name, 0)).toEqual(["1"])
    const fields = cellPlaces({ count: 2, label: "x" })
    expect(fields(1, id, 1)).toEqual(["label"])
    expect(fields(1, id, 0)).toBeNull()
    expect(cellPlaces(7)(0, id, 0)).toEqual([])
  })

  it("shows mixed lists and bare values in one column", () => {
    expect(toTable([1, "a", { b: 1 }])).toMatchObject({ columns: [{ key: "value", type: "any" }] })
    expect(toTable(7).rows).toEqual([[7]])
    expect(toTable([]).rows).toEqual([])
  })

  it("keeps a key named like a built-in property", () => {
    expect(toTable([{ constructor: "x" }]).rows).toEqual([["x"]])
  })
})

describe("where the tables are", () => {
  const outputs = { result: { total: 3, rows: [{ a: 1 }, { a: 2 }], deep: { list: [1, 2, 3] } }, other: "x" }

  it("lists ports and the lists inside them", () => {
    expect(places(outputs).map((place) => place.path)).toEqual([
      "result",
      "other",
      "result.rows",
      "result.deep.list",
    ])
  })

  it("opens the longest list of records first", () => {
    const rows = Array.from({ length: 9 }, (_, index) => ({ index }))

    expect(firstPlace(places({ result: { columns: [{ a: 1 }], rows } }))?.path).toBe("result.rows")
    expect(firstPlace(places({ count: 1, result: [{ a: 1 }] }))?.path).toBe("result")
  })

  it("opens the port itself where its lists are only details", () => {
    expect(firstPlace(places(outputs))?.path).toBe("result")
    expect(firstPlace(places({ result: 5 }))?.path).toBe("result")
    expect(firstPlace(places({}))).toBeNull()
  })
})

describe("a cell", () => {
  it("is short for what is large", () => {
    expect(cellText([1, 2])).toBe("2 items")
    expect(cellText({ a: 1, b: 2, c: 3, d: 4 })).toBe("{a, b, c, +1}")
    expect(cellText(null)).toBe("null")
    expect(cellText(undefined)).toBe("")
    expect(cellText(false)).toBe("false")
  })
})

describe("the shape of a value", () => {
  it("is read off the value, with optional fields counted", () => {
    const lines = schemaLines({ result: [{ id: 1, note: null }, { id: 1.5 }] })

    expect(lines).toEqual([
      { path: "result", depth: 0, name: "result", types: ["list"], present: null },
      { path: "result.*.id", depth: 1, name: "id", types: ["number"], present: null },
      { path: "result.*.note", depth: 1, name: "note", types: ["null"], present: { in: 1, of: 2 } },
    ])
  })
})
