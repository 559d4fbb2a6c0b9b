/** The runtime parameters as the panel shows them. Pure. */
import type { JsonSchema, RuntimeParameter } from "../api/types"
import { bytes, seconds } from "../shared/format"
import { kindOf, labelOf, resolve, type FieldProblem, type FieldSpec } from "./schema"

export interface SettingGroup {
  label: string
  parameters: readonly RuntimeParameter[]
}

/** In the order in which they come, those that a workflow may set first. */
export function groupSettings(parameters: readonly RuntimeParameter[]): SettingGroup[] {
  const groups = new Map<string, RuntimeParameter[]>()
  for (const parameter of parameters) {
    const list = groups.get(parameter.group)
    if (list) list.push(parameter)
    else groups.set(parameter.group, [parameter])
  }
  const rank = ({ settable }: RuntimeParameter) => (settable === "workflow" ? 0 : 1)
  return [...groups].map(([label, list]) => ({
    label,
    parameters: list.sort((a, b) => rank(a) - rank(b)),
  }))
}

/** The field of a parameter: its default stands in it until another value is set. */
export function settingField({ name, title, unit, schema, default: initial }: RuntimeParameter): FieldSpec {
  const plain: JsonSchema = { ...resolve(schema, schema), default: initial ?? undefined }
  return {
    key: name,
    kind: kindOf(plain),
    schema: plain,
    label: unit && unit !== "nodes" ? `${title}, ${unit}` : labelOf({ title }, name),
    required: false,
    advanced: false,
  }
}

/** What holds without a setting, in words: `64 MiB`, `2 min`, `none: for no limit`. */
export function settingText(value: unknown, { unit, null_means }: RuntimeParameter): string {
  if (value === null || value === undefined) return null_means ? `none, ${null_means}` : "none"
  if (typeof value === "boolean") return value ? "on" : "off"
  if (typeof value !== "number")
    return typeof value === "string" ? value.replaceAll("_", " ") : JSON.stringify(value)
  if (unit === "bytes") return bytes(value)
  if (unit === "seconds") return seconds(value)
  return `${value.toLocaleString("en")}${unit ? ` ${unit}` : ""}`
}

/** Whether nothing can be said that is not said already: the field lets its default through. */
export const mayBeNone = ({ null_means, default: initial }: RuntimeParameter): boolean =>
  null_means !== "" && initial !== null

interface LocatedProblem extends FieldProblem {
  node?: string | null
  field?: string | null
}

/** The problems of the settings by the name of the parameter. */
export function settingProblems(problems: readonly LocatedProblem[]): Map<string, FieldProblem[]> {
  const found = new Map<string, FieldProblem[]>()
  for (const problem of problems) {
    if (problem.node || !problem.field?.startsWith("settings.")) continue
    const name = problem.field.slice("settings.".length)
    found.set(name, [...(found.get(name) ?? []), problem])
  }
  return found
}
