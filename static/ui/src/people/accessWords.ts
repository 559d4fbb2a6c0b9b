/** What somebody may do, in words. Pure. */
import type { GlyphName } from "../shared/icons/glyphs"
import type { ActionAccess, PersonAccess } from "./types"

type Answer = ActionAccess["answer"]

export const ANSWERS: Readonly<Record<Answer, { label: string; icon: GlyphName; look: string }>> = {
  always: { label: "Always", icon: "check", look: "is-always" },
  sometimes: { label: "Depends", icon: "branch", look: "is-sometimes" },
  never: { label: "Never", icon: "ban", look: "is-never" },
}

const TYPES: Readonly<Record<string, string>> = {
  user: "People",
  data: "Masked values",
  code: "Code",
  storage: "Storage",
  metrics: "Metrics",
  audit: "Audit",
  access: "Access",
}

/** “Node types”. */
export function typeWords(type: string): string {
  if (TYPES[type]) return TYPES[type]
  const words = type.replaceAll("_", " ")
  const one = words.charAt(0).toUpperCase() + words.slice(1)
  return one.endsWith("y") ? `${one.slice(0, -1)}ies` : `${one}s`
}

/** “9 always · 3 depend · 40 never”. */
export function summaryOf(types: PersonAccess["types"]): string {
  const counts = { always: 0, sometimes: 0, never: 0 }
  for (const { actions } of types) for (const { answer } of actions) counts[answer] += 1
  return `${counts.always} always · ${counts.sometimes} depend on the thing · ${counts.never} never`
}

/** Only the answers that are asked for; types of which none is left are left out. */
export function keptOf(types: PersonAccess["types"], answer: Answer | null): PersonAccess["types"] {
  if (answer === null) return types
  return types
    .map(({ type, actions }) => ({ type, actions: actions.filter((each) => each.answer === answer) }))
    .filter(({ actions }) => actions.length > 0)
}
