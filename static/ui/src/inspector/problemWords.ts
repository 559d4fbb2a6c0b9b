/** What is wrong, in the words of the form rather than of the schema. Pure. */
import type { JsonSchema } from "../api/types"
import { asWords } from "../shared/names"
import { labelOf, resolve } from "./schema"

interface Problem {
  code?: string
  message: string
  field?: string | null
}

/** `'dataset' is required` is “Dataset is required”. */
export function problemWords(problem: Problem, root: JsonSchema | undefined): string {
  if (problem.code !== "missing_parameter" || !problem.field) return problem.message
  return `${labelAt(root, problem.field.split(".").slice(1))} is required`
}

/** The label of a field by its path: list places are passed, unknown ends are read as words. */
export function labelAt(root: JsonSchema | undefined, path: readonly string[]): string {
  const last = path.at(-1) ?? ""
  let here = root && resolve(root, root)
  for (const part of path) {
    if (!root || !here) break
    const next: JsonSchema | undefined = /^\d+$/.test(part) ? here.items : here.properties?.[part]
    here = next && resolve(next, root)
  }
  return here ? labelOf(here, last) : asWords(last)
}
