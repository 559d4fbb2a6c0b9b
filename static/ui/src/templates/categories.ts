import type { Template } from "../api/types"

export type Category = Template["category"]

/** What templates are about, in the order in which they can be chosen. */
export const CATEGORIES: Readonly<Record<Category, string>> = {
  data: "Data",
  integration: "Services",
  people: "People",
  governance: "Governance",
  ai: "AI",
}

export type Chosen = Category | "all"

/** All, and those that some template has. */
export function choicesOf(
  templates: readonly Pick<Template, "category">[],
): readonly { value: Chosen; label: string }[] {
  const there = new Set(templates.map((template) => template.category))
  const known = Object.entries(CATEGORIES) as [Category, string][]
  return [
    { value: "all", label: "All" },
    ...known.filter(([value]) => there.has(value)).map(([value, label]) => ({ value, label })),
  ]
}
