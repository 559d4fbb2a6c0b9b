const LONGEST = 100

/** What is wrong with a tag; null when it can be used. */
export function tagProblem(tag: string): string | null {
  return tag.length > LONGEST ? `A tag has at most ${LONGEST} characters.` : null
}
