import { afterEach, describe, expect, it } from "vitest"
import { addViewHeader, lookThrough, viewedReason, viewerName, type ViewAs } from "./viewing"

const RUN = "http://x/api/v1/runs/6f7c8d90-0000-4000-8000-000000000000/"
const WORKFLOW = "http://x/api/v1/workflows/6f7c8d90-0000-4000-8000-000000000000/"

function headerOf(url: string, method = "GET"): string | null {
  const request = new Request(url, { method })
  addViewHeader(request)
  return request.headers.get("View-As")
}

afterEach(() => lookThrough(null))

describe("what is read through other eyes", () => {
  it("is a run, its data and a draft", () => {
    lookThrough("eyes")
    for (const url of [RUN, `${RUN}nodes/loop/3/pay/`, `${RUN}logs/?after=0`, WORKFLOW, `${WORKFLOW}draft/`])
      expect(headerOf(url)).toBe("eyes")
  })

  it("is nothing else, nothing that changes, and nothing after the end", () => {
    lookThrough("eyes")
    for (const url of [
      `${WORKFLOW}grants/`,
      `${RUN}timeline/`,
      "http://x/api/v1/me/",
      "http://x/api/v1/runs/",
    ])
      expect(headerOf(url)).toBeNull()
    expect(headerOf(RUN, "POST")).toBeNull()
    lookThrough(null)
    expect(headerOf(RUN)).toBeNull()
  })
})

describe("whose eyes they are", () => {
  const viewer = { id: null, name: "", email: "", roles: ["analyst"], attributes: {} }
  const actions = {
    "workflow.run": {
      action: "workflow.run",
      allowed: false,
      rule: "no_role",
      reason: "You need a role.",
      policies: [],
      missing: [],
    },
  }
  const seen = { viewer, actions } as unknown as ViewAs

  it("is said by name, or by what was stated", () => {
    expect(viewerName({ viewer: { ...viewer, name: "Dana" } })).toBe("Dana")
    expect(viewerName(seen)).toBe("Somebody who is analyst")
  })

  it("says why a button does nothing", () => {
    expect(viewedReason(seen, "workflow.run")).toBe("Somebody who is analyst may not: “You need a role.”")
    expect(viewedReason(seen, "run.view")).toContain("may. To do it yourself")
  })
})
