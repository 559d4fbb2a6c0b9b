/** Attributes of somebody stated, from what was typed. Pure. */
import type { Attribute } from "./types"

/** The value of an attribute's kind; undefined for an empty text, which is a missing attribute. Throws its complaint. */
export function valueOf({ kind, label }: Pick<Attribute, "kind" | "label">, text: string): unknown {
  const typed = text.trim()
  if (!typed) return undefined
  switch (kind) {
    case "number":
      return numberOf(label, typed)
    case "boolean":
      return typed === "true"
    case "list_text":
      return wordsOf(typed)
    case "list_number":
      return wordsOf(typed).map((word) => numberOf(label, word))
    default:
      return typed
  }
}

const wordsOf = (text: string): string[] =>
  text
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean)

function numberOf(label: string, text: string): number {
  const number = Number(text)
  if (!Number.isFinite(number)) throw new Error(`${label} is a number, such as 12 or 0.5.`)
  return number
}

/** All of them, and by name what cannot be used. */
export function attributesOf(
  kinds: readonly Attribute[],
  texts: Readonly<Record<string, string>>,
): { values: Record<string, unknown>; errors: Record<string, string> } {
  const values: Record<string, unknown> = {}
  const errors: Record<string, string> = {}
  for (const kind of kinds) {
    try {
      const value = valueOf(kind, texts[kind.name] ?? "")
      if (value !== undefined) values[kind.name] = value
    } catch (error) {
      errors[kind.name] = (error as Error).message
    }
  }
  return { values, errors }
}
