/** Rules of a mapping as a form holds them: each with one of three ways to read its claim. */
export type Way = "contains" | "equals" | "attribute"

export interface Rule {
  readonly claim: string
  readonly way: Way
  /** What the claim has to be, or to contain. */
  readonly value: string
  /** The role that is had, or the attribute that has the claim's value. */
  readonly target: string
}

export const NEW_RULE: Rule = { claim: "groups", way: "contains", value: "", target: "" }

const written = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value))

export function fromMapping(mapping: readonly Record<string, unknown>[]): readonly Rule[] {
  return mapping.map((rule) => {
    const claim = written(rule.claim)
    if (rule.attribute !== undefined)
      return { claim, way: "attribute", value: "", target: written(rule.attribute) }
    const way = rule.contains === undefined ? "equals" : "contains"
    return { claim, way, value: written(rule[way]), target: written(rule.role) }
  })
}

/** `true`, `false` and whole numbers are these; everything else is a text. */
export function literal(text: string): string | boolean | number {
  if (text === "true" || text === "false") return text === "true"
  return /^-?(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text
}

export function toMapping(rules: readonly Rule[]) {
  return rules.map(({ claim, way, value, target }) => {
    if (way === "attribute") return { claim, attribute: target }
    return way === "contains"
      ? { claim, contains: value, role: target }
      : { claim, equals: literal(value), role: target }
  })
}

/** What is missing in the rules, in words; null when nothing is. */
export function lackIn(rules: readonly Rule[]): string | null {
  const at = rules.findIndex(
    ({ claim, way, value, target }) => !claim.trim() || !target.trim() || (way !== "attribute" && !value),
  )
  return at < 0 ? null : `Rule ${at + 1} is not complete.`
}
