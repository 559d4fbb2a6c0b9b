import { createContext, useContext } from "react"
import type { Group } from "../model/condition"
import type { Remark } from "../model/remarks"
import type { Vocabulary } from "../model/vocabulary"

/** A condition that is edited: a policy's, or a masking rule's. */
export interface EditedTree {
  root: () => Group
  /** Changes that follow each other under one name are one step to undo. */
  editTree: (change: (root: Group) => Group, name?: string | null) => void
  undo: () => void
}

export interface Builder {
  keeper: EditedTree
  words: Vocabulary
  readOnly: boolean
  /** What is said of each part, by its id. */
  remarks: ReadonlyMap<string, readonly Remark[]>
  /** Begins to drag a part by its handle. */
  onDrag: (event: React.PointerEvent<HTMLElement>, id: string) => void
  dragged: string | null
}

export const BuilderContext = createContext<Builder | null>(null)

export function useBuilder(): Builder {
  const builder = useContext(BuilderContext)
  if (!builder) throw new Error("A condition is drawn outside of the builder.")
  return builder
}
