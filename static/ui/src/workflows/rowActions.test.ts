import { describe, expect, it, vi } from "vitest"

import type { Workflow } from "../api/types"
import { rowActions } from "./rowActions"

const workflow = (can: string[], published_version: number | null = 3) =>
  ({ can, published_version }) as Workflow
const labels = (...given: Parameters<typeof rowActions>) => rowActions(...given).map((item) => item.label)

describe("what a row's menu offers", () => {
  it("is everything to an owner", () => {
    const all = ["workflow.edit", "workflow.run", "workflow.delete"]

    expect(labels(workflow(all), true, vi.fn())).toEqual([
      "Open",
      "Run version 3",
      "Name and description",
      "Storage and limits",
      "Duplicate",
      "Export JSON",
      "Export Python",
      "Delete",
    ])
  })

  it("is only to look to a viewer", () => {
    expect(labels(workflow([]), false, vi.fn())).toEqual([
      "Open",
      "Storage and limits",
      "Export JSON",
      "Export Python",
    ])
  })

  it("runs the draft where nothing is published", () => {
    expect(labels(workflow(["workflow.run"], null), false, vi.fn())).toContain("Run the draft")
  })

  it("tells what was chosen", () => {
    const onIntent = vi.fn()
    const chosen = workflow(["workflow.delete"])

    rowActions(chosen, false, onIntent)
      .find((item) => item.label === "Delete")
      ?.onSelect()

    expect(onIntent).toHaveBeenCalledExactlyOnceWith("delete", chosen)
  })
})
