/** Rules in words: for the list, for titles, for what is announced. Pure. */
import { isGroup, type Comparison, type Condition, type Group } from "./condition"
import { NO_VOCABULARY, operatorFacts, type Vocabulary } from "./vocabulary"

const LONGEST_LIST = 3

/** `UK, IE`; `3 and 7`; `confidential`. */
export function valueWords(value: unknown, takes = ""): string {
  if (value === undefined || value === null || value === "") return "…"
  if (typeof value === "boolean") return value ? "true" : "false"
  if (!Array.isArray(value)) return typeof value === "object" ? JSON.stringify(value) : String(value)
  if (takes === "range" || takes === "times" || takes === "dates") return value.map(String).join(" and ")
  const shown = value.slice(0, LONGEST_LIST).map(String).join(", ")
  return value.length > LONGEST_LIST ? `${shown} and ${value.length - LONGEST_LIST} more` : shown
}

/** `user.region is none of UK, IE` */
export function comparisonWords(
  { path, operator, value, valuePath }: Comparison,
  words: Vocabulary = NO_VOCABULARY,
): string {
  const facts = operatorFacts(words, operator)
  const label = facts?.label ?? operator.replaceAll("_", " ")
  const left = path || facts?.default_path || "…"
  if (valuePath) return `${left} ${label} ${valuePath}`
  return facts?.takes === "none" || NOTHING.has(operator)
    ? `${left} ${label}`
    : `${left} ${label} ${valueWords(value, facts?.takes)}`
}

const NOTHING = new Set(["exists", "not_exists", "is_empty", "is_owner", "same_tenant"])

export const JOIN_WORDS = { all: "All of", any: "Any of", none: "None of" } as const

/** “Not” of one, “None of” several. */
export const joinWords = ({ join, children }: Group): string =>
  join === "none" && children.length === 1 ? "Not" : JOIN_WORDS[join]

/** The whole condition in one line; empty when it always holds. */
export function conditionWords(condition: Condition, words: Vocabulary = NO_VOCABULARY): string {
  if (!isGroup(condition)) return comparisonWords(condition, words)
  const parts = condition.children.map((child) => {
    const said = conditionWords(child, words)
    return isGroup(child) && child.join !== "none" && child.children.length > 1 ? `(${said})` : said
  })
  if (condition.join === "none")
    return parts.length > 1 ? `none of (${parts.join(", ")})` : parts.map((part) => `not ${part}`).join("")
  return parts.join(condition.join === "all" ? " and " : " or ")
}

/** A part of the tree as it is called aloud. */
export function partWords(part: Condition, words: Vocabulary): string {
  if (!isGroup(part)) return comparisonWords(part, words)
  return `${joinWords(part)} ${part.children.length === 1 ? "1 condition" : `${part.children.length} conditions`}`
}

/** `see workflows, run workflows and 3 more`: what actions let people do. */
export function actionWords(actions: readonly string[], words: Vocabulary): string {
  if (actions.includes("*")) return "do anything"
  const said = actions.map(
    (name) => words.actions.find((one) => one.name === name)?.label ?? groupWords(name),
  )
  const shown = said.slice(0, LONGEST_LIST)
  const more = said.length - shown.length
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ")
}

const groupWords = (name: string): string =>
  name.endsWith(".*") ? `do anything with ${name.slice(0, -2)}s` : name

/** `any run`, `2 workflows`, `anything`. */
export function resourceWords(type: string, resources: readonly string[], words: Vocabulary): string {
  const label = words.resource_types.find((one) => one.name === type)?.label ?? type.replaceAll("_", " ")
  if (resources.includes("*")) return type === "*" ? "anything" : `any ${label.toLowerCase()}`
  const many = resources.length
  if (type === "*") return many === 1 ? "1 thing" : `${many} things`
  return many === 1 ? `1 ${label.toLowerCase()}` : `${many} ${label.toLowerCase()}s`
}

/** “Denies: see masked values. Of any run. When user.region is none of UK, IE.” */
export function ruleWords(
  rule: {
    effect: string
    actions: readonly string[]
    resource_type: string
    resources: readonly string[]
    root: Group
  },
  words: Vocabulary,
): string {
  const when = conditionWords(rule.root, words)
  const whom = rule.effect === "deny" ? "Nobody may" : "Everybody may"
  return `${whom} ${actionWords(rule.actions, words)}, of ${resourceWords(rule.resource_type, rule.resources, words)}${
    when ? `, when ${when}` : ", always"
  }.`
}
