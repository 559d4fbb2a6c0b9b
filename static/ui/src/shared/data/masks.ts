/** Which fields of a value are masked for the reader, and by which rule. Pure. */

import type { MaskedField } from "../../api/types"

interface Branch {
  field: MaskedField | null
  readonly below: Map<string, Branch>
}

const ANY = "*"

/** `result.rows[*].ssn` -> `result`, `rows`, `*`, `ssn`. */
export function segmentsOf(path: string): string[] {
  return path.split(/[.[\]]+/).filter(Boolean)
}

/** Finds the masked field at a place of a value. */
export class Masks {
  private readonly root: Branch = { field: null, below: new Map() }

  constructor(readonly fields: readonly MaskedField[]) {
    for (const field of fields) {
      let branch = this.root
      for (const segment of segmentsOf(field.path)) {
        const next = branch.below.get(segment) ?? { field: null, below: new Map<string, Branch>() }
        branch.below.set(segment, next)
        branch = next
      }
      branch.field = field
    }
  }

  /** The segment `*` asks for any item. */
  at(segments: readonly string[]): MaskedField | null {
    return this.fields.length ? found(this.root, segments, 0) : null
  }
}

export const NO_MASKS = new Masks([])

function found(branch: Branch, segments: readonly string[], at: number): MaskedField | null {
  const segment = segments[at]
  if (segment === undefined) return branch.field
  for (const next of branchesFor(branch, segment)) {
    const field = found(next, segments, at + 1)
    if (field) return field
  }
  return null
}

function branchesFor({ below }: Branch, segment: string): Branch[] {
  if (segment === ANY) return [...below].flatMap(([key, next]) => (/^(\*|\d+)$/.test(key) ? [next] : []))
  return [below.get(segment), below.get(ANY)].filter((next) => next !== undefined)
}

export const ruleName = ({ label, rule }: MaskedField): string => label || rule

/** One line a rule, with the last names of the fields that it masks: in the order in which they come. */
export function byRule(fields: readonly MaskedField[]): { rule: string; names: string[] }[] {
  const rules = new Map<string, Set<string>>()
  for (const field of fields) {
    const names = rules.get(ruleName(field)) ?? new Set<string>()
    names.add(lastName(field.path))
    rules.set(ruleName(field), names)
  }
  return [...rules].map(([rule, names]) => ({ rule, names: [...names] }))
}

function lastName(path: string): string {
  return segmentsOf(path).findLast((segment) => !/^(\*|\d+)$/.test(segment)) ?? path
}
