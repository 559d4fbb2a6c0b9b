/** A policy as it is edited: its document with the condition as a tree, and as JSON text. Pure. */
import { jsonErrorOffset } from "../../workflows/jsonOffset"
import { NotACondition, readCondition, writeCondition, type ConditionDocument, type Group } from "./condition"

export type Effect = "allow" | "deny"

export interface PolicyDocument {
  readonly key: string
  readonly label: string
  readonly effect: Effect
  readonly resource_type: string
  readonly resources: readonly string[]
  readonly actions: readonly string[]
  readonly condition: ConditionDocument | null
}

export interface Rule extends Omit<PolicyDocument, "condition"> {
  readonly root: Group
}

/** What is wrong with a rule, and where: `condition.and[0].operator`. */
export interface Fault {
  readonly field: string
  readonly message: string
}

export function ruleOf(document: PolicyDocument): Rule {
  const { key, label, effect, resource_type, resources, actions, condition } = document
  return { key, label, effect, resource_type, resources, actions, root: readCondition(condition) }
}

export function documentOf({ root, ...rule }: Rule): PolicyDocument {
  const { key, label, effect, resource_type, resources, actions } = rule
  return { key, label, effect, resource_type, resources, actions, condition: writeCondition(root).document }
}

export const sameDocument = (a: PolicyDocument, b: PolicyDocument): boolean =>
  JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b))

const FIELDS = ["key", "label", "effect", "resource_type", "resources", "actions", "condition"] as const

/** The fields of a document that may hold others beside them, such as a status, and in one order. */
export function inOrder(document: PolicyDocument): PolicyDocument {
  const { key, label, effect, resource_type, resources, actions, condition } = document
  return { key, label, effect, resource_type, resources, actions, condition: inOneForm(condition) }
}

function inOneForm(condition: ConditionDocument | null): ConditionDocument | null {
  try {
    return writeCondition(readCondition(condition)).document
  } catch (fault) {
    if (fault instanceof NotACondition) return condition
    throw fault
  }
}

export const textOfRule = (rule: Rule): string => JSON.stringify(documentOf(rule), null, 2)

export type ReadText =
  | { readonly ok: true; readonly rule: Rule }
  | { readonly ok: false; readonly message: string; readonly line: number | null }

const KEY = /^[a-z0-9][a-z0-9_-]{0,119}$/

/** The rule that a text says, or what is wrong with it. Whether it can decide is the server's to say. */
export function readText(text: string): ReadText {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    const line = text.slice(0, jsonErrorOffset(text)).split("\n").length
    return { ok: false, line, message: `This is not JSON: it breaks in line ${line}.` }
  }
  if (typeof read !== "object" || read === null || Array.isArray(read))
    return wrong("A policy is a JSON object.")
  const found = read as Record<string, unknown>
  const stranger = Object.keys(found).find((name) => !(FIELDS as readonly string[]).includes(name))
  if (stranger) return wrong(`“${stranger}” is no part of a policy; there are ${FIELDS.join(", ")}.`)
  const reason = shapeFault(found)
  if (reason) return wrong(reason)
  try {
    return { ok: true, rule: ruleOf({ ...BLANK, ...(found as Partial<PolicyDocument>) } as PolicyDocument) }
  } catch (fault) {
    if (fault instanceof NotACondition) return wrong(`${fault.where}: ${fault.message}.`)
    throw fault
  }
}

const BLANK = { label: "", resource_type: "*", resources: ["*"], condition: null }

const wrong = (message: string): ReadText => ({ ok: false, message, line: null })

function shapeFault({
  key,
  label,
  effect,
  resource_type: type,
  resources,
  actions,
}: Record<string, unknown>) {
  if (typeof key !== "string" || !KEY.test(key))
    return "“key” is a text of small letters, digits, _ and -, which begins with a letter or digit."
  if (effect !== "allow" && effect !== "deny") return "“effect” is “allow” or “deny”."
  if (!isTexts(actions)) return "“actions” is a list of texts."
  if (label !== undefined && typeof label !== "string") return "“label” is a text."
  if (type !== undefined && typeof type !== "string") return "“resource_type” is a text."
  if (resources !== undefined && !isTexts(resources)) return "“resources” is a list of texts."
  return null
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === "string")

/** What can be seen to be missing without asking the server. */
export function missingParts({ actions, resources, label }: Rule): readonly Fault[] {
  const faults: Fault[] = []
  if (!label.trim()) faults.push({ field: "label", message: "A policy needs a name." })
  if (actions.length === 0) faults.push({ field: "actions", message: "Choose at least one action." })
  if (resources.length === 0) faults.push({ field: "resources", message: "Name at least one thing, or all." })
  return faults
}

/** `Applicant data stays in region` is kept as `applicant-data-stays-in-region`. */
export function keyFrom(label: string): string {
  return label
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 120)
}

/** The line of a JSON text in which a place such as `condition.and[0].operator` begins; null where it has none. */
export function lineOf(text: string, place: string): number | null {
  const steps = place.split(/[.[\]]+/).filter(Boolean)
  const lines = text.split("\n")
  let line = 0
  let depth = 1
  let inList = false
  for (const step of steps) {
    const isIndex = inList && /^\d+$/.test(step)
    const found = isIndex
      ? item(lines, line + 1, depth, Number(step))
      : member(lines, line + (depth > 1 ? 1 : 0), depth, step)
    if (found === null) return line > 0 ? line + 1 : null
    line = found
    inList = /\[$/.test(lines[line]?.trimEnd() ?? "")
    depth += 1
  }
  return line + 1
}

const indentOf = (line: string) => line.length - line.trimStart().length

/** The line of a member of the object whose members are indented `depth` times two. */
function member(lines: readonly string[], from: number, depth: number, name: string): number | null {
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? ""
    if (indentOf(line) < depth * 2 && at > from) return null
    if (indentOf(line) === depth * 2 && line.trimStart().startsWith(`${JSON.stringify(name)}:`)) return at
  }
  return null
}

function item(lines: readonly string[], from: number, depth: number, index: number): number | null {
  let seen = -1
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? ""
    if (indentOf(line) < depth * 2) return null
    if (indentOf(line) === depth * 2 && !/^[}\]]/.test(line.trimStart())) seen += 1
    if (seen === index) return at
  }
  return null
}
