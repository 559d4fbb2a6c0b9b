/** What is done to a tree of conditions: add, change, move, group, take away. Each gives a new tree. Pure. */
import { isGroup, newGroup, type Comparison, type Condition, type Group, type Join } from "./condition"

/** Where something stands: in which group, and behind how many others. */
export interface Spot {
  readonly group: string
  readonly at: number
}

export function find(root: Group, id: string): Condition | null {
  if (root.id === id) return root
  for (const child of root.children) {
    const found = child.id === id ? child : isGroup(child) ? find(child, id) : null
    if (found) return found
  }
  return null
}

/** Where a part stands; null for the root and for what is not there. */
export function spotOf(root: Group, id: string): Spot | null {
  const at = root.children.findIndex((child) => child.id === id)
  if (at >= 0) return { group: root.id, at }
  for (const child of root.children) {
    const found = isGroup(child) ? spotOf(child, id) : null
    if (found) return found
  }
  return null
}

export function countComparisons(condition: Condition): number {
  return isGroup(condition) ? condition.children.reduce((sum, child) => sum + countComparisons(child), 0) : 1
}

function mapGroup(root: Group, id: string, change: (group: Group) => Group): Group {
  if (root.id === id) return change(root)
  const children = root.children.map((child) => (isGroup(child) ? mapGroup(child, id, change) : child))
  return children.every((child, at) => child === root.children[at]) ? root : { ...root, children }
}

export function insert(root: Group, spot: Spot, part: Condition): Group {
  return mapGroup(root, spot.group, (group) => ({
    ...group,
    children: [...group.children.slice(0, spot.at), part, ...group.children.slice(spot.at)],
  }))
}

/** Behind all others of a group. */
export function append(root: Group, group: string, part: Condition): Group {
  const found = find(root, group)
  return found && isGroup(found) ? insert(root, { group, at: found.children.length }, part) : root
}

export function change(root: Group, id: string, changes: Partial<Omit<Comparison, "id">>): Group {
  const spot = spotOf(root, id)
  if (!spot) return root
  return mapGroup(root, spot.group, (group) => ({
    ...group,
    children: group.children.map((child) =>
      child.id === id && !isGroup(child) ? { ...child, ...changes } : child,
    ),
  }))
}

export const setJoin = (root: Group, id: string, join: Join): Group =>
  mapGroup(root, id, (group) => ({ ...group, join }))

/** A group that is left without parts goes too. */
export function remove(root: Group, id: string): Group {
  return { ...root, children: withoutEmpty(take(root.children, id)) }
}

function take(children: readonly Condition[], id: string): readonly Condition[] {
  return children
    .filter((child) => child.id !== id)
    .map((child) => (isGroup(child) ? { ...child, children: take(child.children, id) } : child))
}

function withoutEmpty(children: readonly Condition[]): readonly Condition[] {
  return children
    .map((child) => (isGroup(child) ? { ...child, children: withoutEmpty(child.children) } : child))
    .filter((child) => !isGroup(child) || child.children.length > 0)
}

/** To a place as it is before the move. Nothing moves into itself. */
export function move(root: Group, id: string, to: Spot): Group {
  const part = find(root, id)
  const from = spotOf(root, id)
  if (!part || !from || (isGroup(part) && find(part, to.group))) return root
  const at = from.group === to.group && from.at < to.at ? to.at - 1 : to.at
  if (from.group === to.group && from.at === at) return root
  const left = { ...root, children: take(root.children, id) }
  const moved = insert(left, { group: to.group, at }, part)
  return { ...moved, children: withoutEmpty(moved.children) }
}

export type Direction = "up" | "down" | "out" | "in"

/**
 * The place one step further, as arrow keys move: past the neighbour, at the end of a group out of it; `in` goes into
 * the group that is the neighbour above, else below; `out` right behind the group. Null where there is no such place.
 */
export function step(root: Group, id: string, direction: Direction): Spot | null {
  const spot = spotOf(root, id)
  const group = spot && find(root, spot.group)
  if (!spot || !group || !isGroup(group)) return null
  const outside = spotOf(root, group.id)
  if (direction === "out") return outside && { group: outside.group, at: outside.at + 1 }
  if (direction === "up") return spot.at > 0 ? { group: group.id, at: spot.at - 1 } : outside
  if (direction === "down") {
    if (spot.at < group.children.length - 1) return { group: group.id, at: spot.at + 2 }
    return outside && { group: outside.group, at: outside.at + 1 }
  }
  const above = group.children[spot.at - 1]
  if (above && isGroup(above)) return { group: above.id, at: above.children.length }
  const below = group.children[spot.at + 1]
  return below && isGroup(below) ? { group: below.id, at: 0 } : null
}

/** The part alone in a new group in its place. */
export function wrap(root: Group, id: string, join: Join): Group {
  const part = find(root, id)
  const spot = spotOf(root, id)
  if (!part || !spot) return root
  const left = mapGroup(root, spot.group, (group) => ({
    ...group,
    children: group.children.filter((child) => child.id !== id),
  }))
  return insert(left, spot, newGroup(join, [part]))
}

/** Why a group can't be taken apart; null when it can. */
export function keepsTogether(root: Group, id: string): string | null {
  const group = find(root, id)
  if (!group || !isGroup(group) || group.id === root.id) return "This group holds everything."
  return group.join === "none" ? "Without “none of” its conditions would say the opposite." : null
}

/** The parts of a group in its place. */
export function ungroup(root: Group, id: string): Group {
  const group = find(root, id)
  const spot = spotOf(root, id)
  if (!group || !isGroup(group) || !spot || keepsTogether(root, id)) return root
  return mapGroup(root, spot.group, (outer) => ({
    ...outer,
    children: outer.children.flatMap((child) => (child.id === id ? group.children : [child])),
  }))
}

/** A place between rows where something can be dropped, and where on the screen it is. */
export interface Gap extends Spot {
  readonly x: number
  readonly y: number
}

/** The gap that a pointer means: the nearest by height, and among gaps at one height by indentation. */
export function nearestGap(gaps: readonly Gap[], x: number, y: number): Gap | null {
  const far = (gap: Gap) => Math.abs(gap.y - y) + Math.abs(gap.x - x) / 4
  return gaps.reduce<Gap | null>((best, gap) => (best && far(best) <= far(gap) ? best : gap), null)
}
