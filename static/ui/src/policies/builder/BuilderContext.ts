import { createContext, useContext } from "react"
import type { DraftKeeper } from "../draftKeeper"
import type { Remark } from "../model/remarks"
import type { Vocabulary } from "../model/vocabulary"

export interface Builder {
  keeper: DraftKeeper
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
