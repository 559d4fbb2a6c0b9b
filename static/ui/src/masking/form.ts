/** A masking rule as it is edited, from and to the form in which it is kept. Pure. */
import { identifier } from "../shared/names"
import type { Mask, MaskDocument, MaskStatus, MaskType } from "./types"

/** From whom the value is not hidden: nobody, people cleared for a level or with a role, or as a condition says. */
export type Who = "nobody" | "cleared" | "roles" | "condition"

export interface RuleForm {
  key: string
  label: string
  field: string
  resourceType: string
  resources: readonly string[]
  type: MaskType
  visible: number
  ranges: string
  replacement: string
  to: string
  unit: string
  who: Who
  level: string
  roles: readonly string[]
  /** JSON: the value is hidden where it holds. */
  condition: string
  status: MaskStatus
}

export const KINDS: readonly { type: MaskType; label: string; example: string }[] = [
  { type: "redact", label: "Redact", example: "••••••" },
  { type: "partial", label: "Partial", example: "***-**-6789" },
  { type: "range", label: "Range", example: "£40k-£60k" },
  { type: "round", label: "Round", example: "52,000" },
  { type: "email", label: "E-mail", example: "a***@x.org" },
  { type: "date_truncate", label: "Date", example: "1987-04" },
  { type: "hash", label: "Hash", example: "9f2c41…" },
  { type: "replace", label: "Replace", example: "withheld" },
  { type: "nullify", label: "Empty", example: "null" },
  { type: "drop", label: "Drop", example: "no field" },
]

export const UNITS = [
  { value: "year", label: "the year" },
  { value: "month", label: "the month" },
  { value: "day", label: "the day" },
  { value: "hour", label: "the hour" },
] as const

export const NEW_RULE: RuleForm = {
  key: "",
  label: "",
  field: "",
  resourceType: "*",
  resources: ["*"],
  type: "redact",
  visible: 4,
  ranges: "< 20k, 20k-40k, 40k-60k, >= 60k",
  replacement: "withheld",
  to: "1000",
  unit: "month",
  who: "nobody",
  level: "",
  roles: [],
  condition: "",
  status: "active",
}

type Tree = Record<string, unknown>

/** A rule that is kept, as it is edited. */
export function formOf(mask: Mask): RuleForm {
  const options = mask.options as Tree
  const ranges = Array.isArray(options.ranges) ? options.ranges.join(", ") : NEW_RULE.ranges
  return {
    ...NEW_RULE,
    key: mask.key,
    label: mask.label,
    field: mask.field,
    resourceType: mask.resource_type,
    resources: mask.resources,
    type: mask.mask_type as MaskType,
    visible: typeof options.visible_chars === "number" ? options.visible_chars : NEW_RULE.visible,
    ranges,
    replacement: "value" in options ? String(options.value) : NEW_RULE.replacement,
    to: "to" in options ? String(options.to) : NEW_RULE.to,
    unit: typeof options.unit === "string" ? options.unit : NEW_RULE.unit,
    status: mask.status === "shadow" ? "draft" : mask.status,
    ...whoOf(mask.condition),
  }
}

const CLEARANCE = /^user\.(attributes\.)?clearance$/

function whoOf(condition: Tree | null): Pick<RuleForm, "who" | "level" | "roles" | "condition"> {
  const found = { who: "nobody" as Who, level: "", roles: [] as string[], condition: "" }
  if (condition === null) return found
  const text = JSON.stringify(condition, null, 2)
  const { attribute_path: path, operator, value } = condition
  if (operator === "security_level_below" && CLEARANCE.test(String(path)) && typeof value === "string")
    return { ...found, who: "cleared", level: value, condition: text }
  const inner = condition.not as Tree | undefined
  if (
    inner?.attribute_path === "user.roles" &&
    inner.operator === "contains_any" &&
    Array.isArray(inner.value)
  )
    return { ...found, who: "roles", roles: inner.value.map(String), condition: text }
  return { ...found, who: "condition", condition: text }
}

/** The rule as the API takes it. Throws `SyntaxError` for a condition that is no JSON. */
export function documentOf(form: RuleForm): MaskDocument {
  const label = form.label.trim()
  return {
    key: form.key || identifier(label || form.field).replaceAll("_", "-"),
    label,
    field: form.field.trim(),
    mask_type: form.type,
    options: optionsOf(form),
    resource_type: form.resourceType,
    resources: [...form.resources],
    condition: conditionOf(form),
  }
}

export const rangesOf = (text: string): string[] =>
  text
    .split(/,(?!\d{3})/)
    .map((part) => part.trim())
    .filter(Boolean)

function optionsOf(form: RuleForm): Tree {
  switch (form.type) {
    case "partial":
      return { visible_chars: form.visible }
    case "range":
      return { ranges: rangesOf(form.ranges) }
    case "replace":
      return { value: form.replacement }
    case "round":
      return { to: Number(form.to) }
    case "date_truncate":
      return { unit: form.unit }
    default:
      return {}
  }
}

function conditionOf({ who, level, roles, condition }: RuleForm): Tree | null {
  switch (who) {
    case "nobody":
      return null
    case "cleared":
      return { attribute_path: "user.clearance", operator: "security_level_below", value: level }
    case "roles":
      return { not: { attribute_path: "user.roles", operator: "contains_any", value: [...roles] } }
    case "condition":
      return condition.trim() ? (JSON.parse(condition) as Tree) : null
  }
}

/** What is missing before the rule can be saved or tried; null for nothing. */
export function lackOf(form: RuleForm): string | null {
  if (!form.field.trim()) return "Name the field that is masked."
  if (form.who === "cleared" && !form.level) return "Choose a level."
  if (form.who === "roles" && form.roles.length === 0) return "Choose a role."
  if (form.type === "round" && !(Number(form.to) > 0)) return "Round to a number above 0."
  try {
    conditionOf(form)
  } catch {
    return "The condition is no JSON."
  }
  return null
}

const DETECTED: Readonly<Record<string, { type: MaskType; visible: number; label: string }>> = {
  card: { type: "partial", visible: 4, label: "Card numbers" },
  iban: { type: "partial", visible: 4, label: "Account numbers" },
  ssn: { type: "partial", visible: 4, label: "Social security numbers" },
  email: { type: "email", visible: 4, label: "E-mail addresses" },
  phone: { type: "partial", visible: 3, label: "Phone numbers" },
}

export const detectedWords = (detector: string): string => DETECTED[detector]?.label ?? detector

/** A new rule for a field that was found: the field's own name, wherever it stands. */
export function suggestedForm(path: string, detector: string): RuleForm {
  const { type, visible, label } = DETECTED[detector] ?? { type: "redact" as MaskType, visible: 4, label: "" }
  return { ...NEW_RULE, field: lastName(path), label, type, visible, status: "draft" }
}

export function lastName(path: string): string {
  const names = path.split(/[.[\]]+/).filter((part) => part && part !== "*")
  return names.at(-1) ?? path
}
