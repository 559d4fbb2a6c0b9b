/** What is said of a rule, at the part that it is about: faults, and what reads strangely. Pure. */
import { partAt, type Written } from "./condition"
import type { Fault } from "./rule"

export interface Finding {
  readonly code: string
  readonly severity: "error" | "warning" | "info"
  readonly path: string
  readonly message: string
  /** Keys of the policies that it has to do with. */
  readonly policies: readonly string[]
  readonly fix: { readonly op: "remove"; readonly path: string } | null
}

export interface Remark {
  readonly severity: "error" | "warning" | "info"
  readonly message: string
  /** Which field of the part: `operator`, `value`; empty for the whole. */
  readonly field: string
  readonly policies: readonly string[]
  /** The part that can be taken away because of it. */
  readonly removes: string | null
  /** Where in the document. */
  readonly place: string
}

export interface Located {
  readonly byPart: ReadonlyMap<string, readonly Remark[]>
  /** Of single fields beside the condition: `actions`, `label`. */
  readonly byField: Readonly<Record<string, string>>
  /** Of the policy as a whole. */
  readonly general: readonly Remark[]
}

const FIELDS = /^(key|label|effect|actions|resources|resource_type)\b/

/** Faults stand before findings, and what both say is said once. */
export function locate(
  faults: readonly Fault[],
  findings: readonly Finding[],
  places: Written["places"],
): Located {
  const byPart = new Map<string, Remark[]>()
  const byField: Record<string, string> = {}
  const general: Remark[] = []
  const broken = new Set(faults.map(({ field }) => field))
  const said = [
    ...faults.map((fault) => remarkOf(fault, places)),
    ...findings.filter(({ path }) => !broken.has(path)).map((finding) => remarkOfFinding(finding, places)),
  ]
  for (const remark of said) {
    const field = FIELDS.exec(remark.place)?.[1]
    const part = partAt(places, remark.place)
    if (part && remark.place !== "") byPart.set(part.id, [...(byPart.get(part.id) ?? []), remark])
    else if (field && remark.severity === "error") byField[field] ??= remark.message
    else general.push(remark)
  }
  return { byPart, byField, general }
}

function remarkOf({ field, message }: Fault, places: Written["places"]): Remark {
  const part = partAt(places, field)
  return { severity: "error", message, field: part?.field ?? "", policies: [], removes: null, place: field }
}

function remarkOfFinding(
  { severity, message, path, policies, fix }: Finding,
  places: Written["places"],
): Remark {
  const part = partAt(places, path)
  const removes = fix ? (partAt(places, fix.path)?.id ?? null) : null
  return { severity, message, field: part?.field ?? "", policies, removes, place: path }
}
