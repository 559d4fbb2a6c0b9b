/** Types of attributes in words. */
import type { Attribute } from "./types"

export const KINDS: readonly { value: Attribute["kind"]; label: string }[] = [
  { value: "text", label: "Text" },
  { value: "number", label: "Number" },
  { value: "boolean", label: "Yes or no" },
  { value: "level", label: "Security level" },
  { value: "list_text", label: "List of texts" },
  { value: "list_number", label: "List of numbers" },
  { value: "datetime", label: "Date and time" },
]

export const OWNERS: readonly { value: Attribute["applies_to"]; label: string }[] = [
  { value: "user", label: "People" },
  { value: "resource", label: "Things" },
]

export const kindWords = (kind: Attribute["kind"]): string =>
  KINDS.find(({ value }) => value === kind)?.label ?? kind

/** Where such a value stands in a condition. */
export const pathOf = ({ applies_to: owner, name }: Pick<Attribute, "applies_to" | "name">): string =>
  `${owner}.${name}`
