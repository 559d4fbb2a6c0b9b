export interface TextChange {
  from: number
  to: number
  insert: string
}

/** The one replacement that turns a text into another, so that a cursor outside it stays where it is. */
export function smallestChange(before: string, after: string): TextChange | null {
  if (before === after) return null
  const limit = Math.min(before.length, after.length)
  let head = 0
  while (head < limit && before[head] === after[head]) head++
  let tail = 0
  while (tail < limit - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++
  return { from: head, to: before.length - tail, insert: after.slice(head, after.length - tail) }
}
