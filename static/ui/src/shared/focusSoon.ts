const FRAMES = 120

/**
 * Focuses what the change that is under way draws: at once where it is drawn at once, so that what is typed
 * next arrives there, else in the first frame that has it. Where the focus went elsewhere meanwhile it stays.
 */
export function focusSoon(find: () => HTMLElement | null | undefined): void {
  const before = document.activeElement
  const attempt = (left: number) => {
    const now = document.activeElement
    if (now !== before && now !== document.body) return
    const element = find()
    if (element) element.focus()
    else if (left > 0) requestAnimationFrame(() => attempt(left - 1))
  }
  queueMicrotask(() => attempt(FRAMES))
}
