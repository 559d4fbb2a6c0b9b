/** What a rule can name: attributes, operators, actions, kinds of things. Pure. */

export type Kind = "text" | "number" | "boolean" | "level" | "list_text" | "list_number" | "datetime"

export interface PathFacts {
  readonly path: string
  readonly label: string
  /** Null: any. */
  readonly kind: Kind | null
  readonly allowed: readonly unknown[] | null
}

export interface OperatorFacts {
  readonly name: string
  readonly label: string
  /** What its value is: scalar, text, number, list, range, level, pattern, times, dates, weekdays, networks, none. */
  readonly takes: string
  /** The kinds of attribute that it is for. */
  readonly kinds: readonly string[]
  readonly takes_path: boolean
  readonly default_path: string | null
  readonly default_value_path: string | null
}

export interface Named {
  readonly key: string
  readonly label: string
}

export interface Vocabulary {
  readonly paths: readonly PathFacts[]
  readonly operators: readonly OperatorFacts[]
  readonly actions: readonly { name: string; label: string; resource_type: string }[]
  readonly resource_types: readonly { name: string; label: string }[]
  readonly levels: readonly (Named & { rank: number })[]
  readonly roles: readonly Named[]
}

export const NO_VOCABULARY: Vocabulary = {
  paths: [],
  operators: [],
  actions: [],
  resource_types: [],
  levels: [],
  roles: [],
}

/** `user.attributes.region` is `user.region`. */
export const plainPath = (path: string): string => path.replace(/^(user|resource)\.attributes\./, "$1.")

export const pathFacts = (words: Vocabulary, path: string): PathFacts | undefined =>
  words.paths.find((one) => one.path === plainPath(path))

export const operatorFacts = (words: Vocabulary, name: string): OperatorFacts | undefined =>
  words.operators.find((one) => one.name === name)

const ANYWHERE = new Set(["exists", "not_exists"])
/** About one attribute only, whatever others there are of its kind. */
const BOUND = new Set(["is_owner", "same_tenant", "has_role", "mfa_within", "ip_in"])
/** Asked at the moment of the question: never of a thing. */
const OF_MOMENT = new Set(["time_between", "weekday_in"])

/** The operators that make sense for an attribute; all while nobody knows it. */
export function operatorsFor(words: Vocabulary, path: string): readonly OperatorFacts[] {
  const facts = pathFacts(words, path)
  if (!facts) return words.operators
  return words.operators.filter((one) => {
    if (ANYWHERE.has(one.name)) return true
    if (BOUND.has(one.name) && one.default_path !== facts.path) return false
    if (OF_MOMENT.has(one.name) && !facts.path.startsWith("env.")) return false
    return facts.kind === null || one.kinds.includes(facts.kind)
  })
}

const COMPARED: readonly (readonly [RegExp, string])[] = [[/^env\.ip$/, "ip_in"]]

/** What a comparison of an attribute starts with. */
export function firstOperator(words: Vocabulary, path: string): string {
  const own = COMPARED.find(([pattern]) => pattern.test(path))?.[1]
  const kind = pathFacts(words, path)?.kind
  const wanted =
    own ??
    (kind === "level"
      ? "security_level_meets"
      : kind === "datetime"
        ? "time_between"
        : kind === "list_text" || kind === "list_number"
          ? "contains_any"
          : "equals")
  const offered = operatorsFor(words, path)
  return (offered.find((one) => one.name === wanted) ?? offered[0])?.name ?? "equals"
}

/** The attributes that another one can be compared with: never two of the thing. */
export function comparablePaths(words: Vocabulary, path: string): readonly PathFacts[] {
  const kind = pathFacts(words, path)?.kind
  return words.paths.filter(
    (one) =>
      one.path !== path &&
      !(path.startsWith("resource.") && one.path.startsWith("resource.")) &&
      (!kind || !one.kind || one.kind.replace("list_", "") === kind.replace("list_", "")),
  )
}

const SHORT: Readonly<Record<string, string>> = {
  security_level_meets: "is at least",
  security_level_below: "is below",
  time_between: "is between",
  date_between: "is between",
  weekday_in: "is on one of",
  ip_in: "is in",
  mfa_within: "is within",
  hierarchical_match: "is or is below",
  matches_data_region: "covers region",
}

/** Labels as they stand between an attribute and a value that says the rest. */
export const inShort = (words: Vocabulary): Vocabulary => ({
  ...words,
  operators: words.operators.map((one) => ({ ...one, label: SHORT[one.name] ?? one.label })),
})
