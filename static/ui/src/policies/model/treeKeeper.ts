/** A condition that is kept as JSON text somewhere else, edited as a tree. No React. */
import { createStore, type StoreApi } from "zustand/vanilla"
import { isSame, readCondition, writeCondition, type Group } from "./condition"

const MAX_UNDO = 100

export class TreeKeeper {
  readonly store: StoreApi<{ root: Group }>
  private past: Group[] = []
  private lastName: string | null = null

  /** `onText` is given the condition after each change; "" for none. */
  constructor(
    root: Group,
    private readonly onText: (text: string) => void,
  ) {
    this.store = createStore(() => ({ root }))
  }

  readonly root = (): Group => this.store.getState().root

  readonly editTree = (change: (root: Group) => Group, name: string | null = null): void => {
    const before = this.root()
    const after = change(before)
    if (after === before) return
    if (name === null || name !== this.lastName) this.past = [...this.past.slice(1 - MAX_UNDO), before]
    this.lastName = name
    this.set(after)
  }

  readonly undo = (): void => {
    const before = this.past.pop()
    this.lastName = null
    if (before) this.set(before)
  }

  /** The text is another one: somebody wrote it, or it is of another rule. Parts keep their ids where it is the same. */
  see(root: Group): void {
    if (isSame(root, this.root())) return
    this.past = []
    this.lastName = null
    this.store.setState({ root })
  }

  private set(root: Group): void {
    this.store.setState({ root })
    this.onText(textOf(root))
  }
}

export function textOf(root: Group): string {
  const { document } = writeCondition(root)
  return document === null ? "" : JSON.stringify(document, null, 2)
}

/** The tree of a text; null for one that is no condition. */
export function treeOf(text: string): Group | null {
  try {
    return readCondition(text.trim() ? JSON.parse(text) : null)
  } catch {
    return null
  }
}
