/** The permissions matrix: what each role gives of each action, and what is changed but not saved. Pure. */
import type { GivenAction, Role } from "./types"

/** By the id of a role, what it gives instead. */
export type Draft = Readonly<Record<number, readonly string[]>>

export type Cell =
  | { given: "self"; bounded: boolean }
  | { given: "above"; by: string; bounded: boolean }
  | { given: "none"; bounded: boolean }

/** What a role gives of an action; `bounded` where a limit takes it away again. */
export function cellOf(role: Role, action: string, draft: Draft): Cell {
  const bounded = role.limit !== null && !role.limit.includes(action)
  if (givenBy(role, draft).includes(action)) return { given: "self", bounded }
  const by = role.inherited[action]
  return by === undefined ? { given: "none", bounded } : { given: "above", by, bounded }
}

export const givenBy = (role: Role, draft: Draft): readonly string[] => draft[role.id] ?? role.permissions

/** Gives the action or takes it away; a role that is as it was before is not in the draft. */
export function toggled(role: Role, action: string, draft: Draft): Draft {
  const given = givenBy(role, draft)
  const next = given.includes(action) ? given.filter((name) => name !== action) : [...given, action].sort()
  const { [role.id]: _, ...others } = draft
  return isSame(next, role.permissions) ? others : { ...others, [role.id]: next }
}

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name) => other.includes(name))

/** How many single cells differ from what is stored. */
export function changesIn(roles: readonly Role[], draft: Draft): number {
  let changes = 0
  for (const role of roles) {
    const next = draft[role.id]
    if (!next) continue
    changes += next.filter((name) => !role.permissions.includes(name)).length
    changes += role.permissions.filter((name) => !next.includes(name)).length
  }
  return changes
}

export interface Group {
  readonly type: string
  readonly actions: readonly GivenAction[]
}

/** Actions by what they are about, in the server's order; what everybody has stands nowhere. */
export function groupsOf(actions: readonly GivenAction[]): readonly Group[] {
  const groups = new Map<string, GivenAction[]>()
  for (const action of actions) {
    if (action.everybodys) continue
    groups.set(action.resource_type, [...(groups.get(action.resource_type) ?? []), action])
  }
  return [...groups].map(([type, found]) => ({ type, actions: found }))
}

/** The cell that an arrow key leads to; the same at the edge. */
export function neighbour(
  at: readonly [row: number, column: number],
  key: string,
  rows: number,
  columns: number,
): readonly [number, number] | null {
  const [row, column] = at
  const clamp = (value: number, count: number) => Math.max(0, Math.min(count - 1, value))
  const moves: Record<string, readonly [number, number]> = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    Home: [row, 0],
    End: [row, columns - 1],
  }
  const next = moves[key]
  return next ? [clamp(next[0], rows), clamp(next[1], columns)] : null
}

/** Roles that could be above this one: all but itself and those that inherit from it. */
export function possibleParents(role: Role | null, roles: readonly Role[]): readonly Role[] {
  if (!role) return roles
  const below = new Set([role.key])
  for (let grown = true; grown;) {
    const more = roles.filter((each) => !below.has(each.key) && each.parents.some((key) => below.has(key)))
    grown = more.length > 0
    for (const each of more) below.add(each.key)
  }
  return roles.filter((each) => !below.has(each.key))
}

/** A key from a label: “Risk team” is `risk-team`. */
export function keyFrom(label: string): string {
  const words = label
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
  return words
    .replace(/^[^a-z]+/, "")
    .replace(/-+$/, "")
    .slice(0, 60)
}
