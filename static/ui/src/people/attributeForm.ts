/** Values of attributes as a form holds them, and back. Pure. */
import type { Attribute } from "./types"

export type Texts = Readonly<Record<string, string>>

const LISTS: ReadonlySet<Attribute["kind"]> = new Set(["list_text", "list_number"])

/** A value as it stands in a field; a list has commas between its items. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return ""
  return Array.isArray(value) ? value.join(", ") : String(value)
}

export function textsOf(values: Readonly<Record<string, unknown>>): Texts {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textOf(value)]))
}

/** What a field means. Empty is no value; what is of no such type stays a text, which the server refuses in words. */
export function valueOf(kind: Attribute["kind"], text: string): unknown {
  const trimmed = text.trim()
  if (trimmed === "") return undefined
  if (kind === "boolean") return trimmed === "true"
  if (kind === "number") return numberOr(trimmed)
  if (!LISTS.has(kind)) return trimmed
  const items = trimmed
    .split(",")
    .map((item) => item.trim())
    .filter(Boolean)
  return kind === "list_number" ? items.map(numberOr) : items
}

function numberOr(text: string): number | string {
  const number = Number(text)
  return Number.isFinite(number) ? number : text
}

/** All values of the form. What nobody defined any more is kept as it is. */
export function valuesOf(
  attributes: readonly Pick<Attribute, "name" | "kind">[],
  texts: Texts,
  before: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const kinds = new Map(attributes.map(({ name, kind }) => [name, kind]))
  const found: Record<string, unknown> = {}
  for (const name of new Set([...Object.keys(before), ...Object.keys(texts)])) {
    const kind = kinds.get(name)
    const value = kind === undefined ? before[name] : valueOf(kind, texts[name] ?? "")
    if (value !== undefined) found[name] = value
  }
  return found
}

/** The choices of an attribute; null where any text of its type will do. */
export function choicesOf(
  attribute: Pick<Attribute, "kind" | "allowed">,
  levels: readonly { key: string; label: string }[],
): readonly { value: string; label: string }[] | null {
  if (LISTS.has(attribute.kind)) return null
  if (attribute.kind === "level") return levels.map(({ key, label }) => ({ value: key, label }))
  if (attribute.kind === "boolean")
    return [
      { value: "true", label: "Yes" },
      { value: "false", label: "No" },
    ]
  return attribute.allowed?.map((value) => ({ value: String(value), label: String(value) })) ?? null
}

const HINTS: Partial<Record<Attribute["kind"], string>> = {
  list_text: "Several, with commas between.",
  list_number: "Several numbers, with commas between.",
  datetime: "With its zone: 2026-01-31T12:00:00+00:00",
}

export function hintOf({ kind, allowed, description }: Attribute): string {
  const one = LISTS.has(kind) && allowed ? `Of: ${allowed.join(", ")}.` : ""
  return [description, HINTS[kind] ?? "", one].filter(Boolean).join(" ")
}
