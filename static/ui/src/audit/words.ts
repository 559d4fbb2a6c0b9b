/** Audit entries in words. Pure. */
import type { Entry } from "./types"

/** Who did it: “Dana Whitfield”, “nobody signed in” for a failed sign-in, “Lockgate” itself. */
export function actorName({ actor }: Pick<Entry, "actor">): string {
  if (actor.name || actor.email) return actor.name || actor.email
  return actor.via === "system" ? "Lockgate" : "nobody signed in"
}

/** “workflow.publish” -> “Workflow publish”, with the decision where it was refused. */
export function titleOf({ action, decision }: Pick<Entry, "action" | "decision">): string {
  const words = action.replaceAll(/[._]/g, " ")
  const title = words.charAt(0).toUpperCase() + words.slice(1)
  return decision === "denied" ? `${title}: denied` : title
}

/** “Run 4812”; its kind where it has no name. */
export function objectWords({ object }: Pick<Entry, "object">): string {
  return object.label || object.type.replaceAll("_", " ")
}

const PAGES: Readonly<Record<string, (id: string) => string>> = {
  workflow: (id) => `/workflows/${id}`,
  run: (id) => `/runs/${id}`,
  dataset: (id) => `/datasets?dataset=${id}`,
  trigger: (id) => `/triggers?trigger=${id}`,
  credential: (id) => `/credentials?credential=${id}`,
}

/** The page of what an entry is about; null for what has none. */
export function pageOf({ object }: Pick<Entry, "object">): string | null {
  const page = PAGES[object.type]
  return page && object.id ? page(object.id) : null
}

/** `9f2c…41ab` */
export const shortHash = (hash: string): string =>
  hash.length > 12 ? `${hash.slice(0, 4)}…${hash.slice(-4)}` : hash
