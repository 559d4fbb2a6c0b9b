import { describe, expect, it } from "vitest"

import { filtersToQuery, filtersToSearch, hasFilters, NO_FILTERS, parseFilters } from "./filters"

describe("run filters in the URL", () => {
  it("reads back what it wrote", () => {
    const filters = {
      status: "failed",
      workflow: "w 1",
      search: "out of stock",
      input: "order:SO-77120",
      trigger: "webhook",
      period: "7d",
    } as const

    expect(parseFilters(filtersToSearch(filters))).toEqual(filters)
  })

  it("writes nothing when no filter is set", () => {
    expect(filtersToSearch(NO_FILTERS)).toBe("")
    expect(hasFilters(NO_FILTERS)).toBe(false)
  })

  it("leaves out a state, period or trigger that does not exist", () => {
    expect(parseFilters("?status=exploded&period=2y&workflow=&trigger=moon")).toEqual(NO_FILTERS)
  })

  it("does not take an inherited property for a period", () => {
    expect(parseFilters("?period=toString").period).toBeNull()
  })
})

describe("the API query", () => {
  it("turns a period into a start time cut to the minute", () => {
    const now = new Date("2026-11-23T10:00:42.500Z")

    expect(filtersToQuery({ ...NO_FILTERS, period: "1h" }, now)).toEqual({
      since: "2026-11-23T09:00:00.000Z",
    })
  })

  it("trims the search text and the input value", () => {
    const filters = { ...NO_FILTERS, search: "  a  ", input: " n:1 " }

    expect(filtersToQuery(filters, new Date())).toEqual({ search: "a", input: "n:1" })
  })

  it("asks for one way in which runs come about", () => {
    expect(filtersToQuery({ ...NO_FILTERS, trigger: "schedule" }, new Date())).toEqual({
      trigger: "schedule",
    })
  })
})
