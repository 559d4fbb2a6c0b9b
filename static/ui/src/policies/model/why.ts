/** Why a decision is as it is: the rows of its tree, with the values that it met. Pure. */
import type { Explanation, JudgedCondition, JudgedPolicy } from "../types"
import { valueWords } from "./words"

export type Verdict = boolean | "unknown"

export interface WhyRow {
  readonly key: string
  readonly depth: number
  /** `All of`, `not`; or a comparison: its path and the words behind. */
  readonly title: string
  readonly path: string | null
  /** The value met: `is US`, `user.timezone is missing`. */
  readonly met: string
  readonly isMissing: boolean
  readonly verdict: Verdict
  /** It is because of this that the policy applies, or not. */
  readonly decides: boolean
}

const JOINS: Readonly<Record<string, string>> = { and: "All of", or: "Any of", not: "Not" }

export const isGroup = (node: JudgedCondition): boolean => node.conditions !== undefined

/** The rows of a policy's condition. What made it as it is stands out, where one comparison did. */
export function rowsOf(policy: JudgedPolicy): readonly WhyRow[] {
  const rows: WhyRow[] = []
  const draw = (node: JudgedCondition, depth: number, key: string, decides: boolean) => {
    const isDeciding = decides && !isGroup(node)
    rows.push({ ...rowOf(node), key, depth, decides: isDeciding })
    const parts = node.conditions ?? []
    const cause = decides ? causeOf(node) : null
    parts.forEach((part, at) => draw(part, depth + 1, `${key}.${at}`, part === cause))
  }
  if (policy.condition) draw(policy.condition, 1, policy.key, policy.decides)
  return rows
}

/** The one part that alone makes a group what it is; null where several do. */
function causeOf({ operator, verdict, conditions = [] }: JudgedCondition): JudgedCondition | null {
  if (operator === "not" || conditions.length === 1) return conditions[0] ?? null
  const wanted = conditions.filter((part) => part.verdict === verdict)
  const needsAll = (operator === "and" && verdict === true) || (operator === "or" && verdict === false)
  if (!needsAll) return wanted[0] ?? null
  return wanted.find(isGroup) ?? null
}

function rowOf(node: JudgedCondition): Pick<WhyRow, "title" | "path" | "met" | "isMissing" | "verdict"> {
  const { operator, verdict } = node
  if (isGroup(node))
    return { title: JOINS[operator] ?? operator, path: null, met: "", isMissing: false, verdict }
  const other = node.value_path ? `${node.value_path}${expectedWords(node)}` : valueOf(node)
  return {
    title: [node.label ?? operator.replaceAll("_", " "), other].filter(Boolean).join(" "),
    path: node.attribute_path ?? "",
    verdict,
    ...metBy(node),
  }
}

const PAIRS = new Set(["between", "time_between", "date_between"])

const valueOf = ({ value, operator }: JudgedCondition): string =>
  value === undefined || value === null ? "" : valueWords(brief(value), PAIRS.has(operator) ? "range" : "")

/** Times without what they need not say: `2026-11-23 21:30`, `07:00`. */
function brief(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(brief)
  if (typeof value !== "string") return value
  const moment = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d(\.\d+)?)?(Z|\+00:00)$/.exec(value)
  return moment ? `${moment[1]} ${moment[2]}` : value.replace(/^(\d\d:\d\d):00$/, "$1")
}

const isNothing = (value: unknown) => value === null || value === undefined

function expectedWords({ expected }: JudgedCondition): string {
  return isNothing(expected) ? "" : ` (${valueWords(expected)})`
}

const ABSENCE = new Set(["exists", "not_exists"])

function metBy(node: JudgedCondition): Pick<WhyRow, "met" | "isMissing"> {
  const { actual, operator, value_path: other, expected, attribute_path: path } = node
  if (isNothing(actual))
    return {
      met: ABSENCE.has(operator) ? "is not set" : `${path} is missing`,
      isMissing: !ABSENCE.has(operator),
    }
  if (other && isNothing(expected)) return { met: `${other} is missing`, isMissing: true }
  return { met: `is ${valueWords(brief(actual))}`, isMissing: false }
}

/** Policies that count here, those that decided first; and how many were looked at without counting. */
export function policiesOf({ policies }: Explanation): { shown: JudgedPolicy[]; others: JudgedPolicy[] } {
  const counts = (policy: JudgedPolicy) => policy.decides || policy.verdict === true || isDeny(policy)
  const isDeny = (policy: JudgedPolicy) => policy.effect === "deny" && policy.verdict === "unknown"
  const shown = policies.filter((policy) => policy.names_resource && counts(policy))
  return {
    shown: [...shown].sort((a, b) => Number(b.decides) - Number(a.decides)),
    others: policies.filter((policy) => !shown.includes(policy)),
  }
}
