/** What a rule does to people, in words. Pure. */
import { count, plural } from "../shared/format"
import type { Reach } from "./types"

/** “6 of 41 people today: 4 underwriters, 2 owners. Everyone else sees it masked.” */
export function reachWords({ people, sees, roles, depends }: Reach): string {
  if (sees === people && !depends) return `All ${plural(people, "person", "people")} today see the value.`
  const some = roles.map(({ label, sees: many }) => `${count(many)} ${label}`).join(", ")
  const first =
    sees === 0
      ? `None of ${plural(people, "person", "people")} today sees the value whatever the data is`
      : `${count(sees)} of ${plural(people, "person", "people")} today see the value${some ? `: ${some}` : ""}`
  return `${first}. ${depends ? "For the others it depends on the data." : "Everyone else sees it masked."}`
}

/** Where the first of a list of ranges ends where the next begins nothing is said; this says what was found. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return "null"
  return typeof value === "string" ? value : JSON.stringify(value)
}
