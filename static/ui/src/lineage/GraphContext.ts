import { createContext, use } from "react"
import type { At, Trace } from "./trace"

export interface GraphState {
  readonly chosen: At | null
  /** What the chosen column comes from and leads to; null while nothing is chosen. */
  readonly trace: Trace | null
  /** The one place of the graph that the Tab key stops at, by its key. */
  readonly stop: string | null
  readonly choose: (at: At) => void
  /** Unfolds a card. */
  readonly open: (node: string) => void
  /** Tells where the button of a place is. */
  readonly register: (key: string, button: HTMLButtonElement | null) => void
  readonly onFocus: (at: At) => void
}

export const GraphContext = createContext<GraphState | null>(null)

export function useGraphState(): GraphState {
  const state = use(GraphContext)
  if (!state) throw new Error("a card stands outside of its graph")
  return state
}
