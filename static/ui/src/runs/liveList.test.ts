import { describe, expect, it } from "vitest"

import { append, emptyList, type LiveList, refresh, replace, showWaiting } from "./liveList"

interface Item {
  id: string
  status: string
}
const item = (id: string, status = "running"): Item => ({ id, status })
const ids = (rows: readonly Item[]) => rows.map((row) => row.id)

function listOf(...names: string[]): LiveList<Item> {
  return refresh(
    emptyList<Item>(),
    names.map((name) => item(name)),
  )
}

describe("a live list", () => {
  it("shows the first page at once", () => {
    expect(ids(listOf("b", "a").rows)).toEqual(["b", "a"])
  })

  it("changes known rows in place and keeps new ones waiting", () => {
    const list = refresh(listOf("b", "a"), [item("d"), item("c"), item("b", "succeeded"), item("a")])

    expect(ids(list.rows)).toEqual(["b", "a"])
    expect(list.rows[0]?.status).toBe("succeeded")
    expect(ids(list.waiting)).toEqual(["d", "c"])
  })

  it("keeps counting new rows after they filled the whole page", () => {
    let list = refresh(listOf("a"), [item("c"), item("b")])
    list = refresh(list, [item("e"), item("d")])

    expect(ids(list.waiting)).toEqual(["e", "d", "c", "b"])
    expect(ids(list.rows)).toEqual(["a"])
  })

  it("does not call an older row new that surfaces below", () => {
    const list = refresh(listOf("c", "b"), [item("c"), item("b"), item("a")])

    expect(list.waiting).toEqual([])
  })

  it("shows what waited on top when asked", () => {
    const list = showWaiting(refresh(listOf("a"), [item("b"), item("a")]))

    expect(ids(list.rows)).toEqual(["b", "a"])
    expect(list.waiting).toEqual([])
  })

  it("adds an older page without repeating rows", () => {
    expect(ids(append(listOf("c", "b"), [item("b"), item("a")]).rows)).toEqual(["c", "b", "a"])
  })

  it("replaces one row", () => {
    expect(replace(listOf("b", "a"), item("a", "failed")).rows[1]?.status).toBe("failed")
  })
})
