/** The `cursor` of a list's `next` address, absolute or relative; null at the end of the list. */
export function cursorOf(next: string | null | undefined): string | null {
  if (!next) return null
  return new URL(next, "http://relative.invalid").searchParams.get("cursor")
}
