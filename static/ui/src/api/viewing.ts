/** Looking at a workflow or a run as somebody else: whose eyes they are, and what is read through them. */
import { createContext, useContext } from "react"
import type { components } from "./schema"

export type ViewAs = components["schemas"]["ViewAs"]
export type ViewedNodes = ViewAs["nodes"]
export type Verdict = components["schemas"]["Verdict"]

const HEADER = "View-As"
/** What the server answers through other eyes; everything else is read as oneself. */
const VIEWABLE =
  /\/api\/v1\/(runs\/[0-9a-f-]{36}\/(nodes\/.+\/|(logs|events|iterations|scope)\/)?|workflows\/[0-9a-f-]{36}\/(draft\/)?)$/

let current: string | null = null

/** From now on what can be is read through these eyes; null: one's own. */
export function lookThrough(view: string | null): void {
  current = view
}

export function addViewHeader(request: Request): void {
  if (current === null || request.method !== "GET") return
  if (VIEWABLE.test(new URL(request.url).pathname)) request.headers.set(HEADER, current)
}

export const ViewerContext = createContext<ViewAs | null>(null)

/** Whose eyes this part of the page is seen through; null: one's own. */
export const useViewer = (): ViewAs | null => useContext(ViewerContext)

/** “Dana Whitfield”, or “Somebody who is analyst” for stated roles and attributes. */
export function viewerName({ viewer }: Pick<ViewAs, "viewer">): string {
  if (viewer.name || viewer.email) return viewer.name || viewer.email
  return viewer.roles.length ? `Somebody who is ${viewer.roles.join(" and ")}` : "Somebody without a role"
}

/** Why a button does nothing while one looks as somebody else. */
export function viewedReason(viewer: ViewAs, action: string): string {
  const name = viewerName(viewer)
  const verdict = viewer.actions[action]
  if (verdict && !verdict.allowed) return `${name} may not: “${verdict.reason}”`
  return `${name} may. To do it yourself, stop looking as somebody else.`
}
