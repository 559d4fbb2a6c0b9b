import { createContext, useContext } from "react"
import { createStore, type StoreApi } from "zustand/vanilla"
import type { Scopes } from "./fit"
import type { ViewedNodes } from "../api/viewing"
import type { ProblemStore } from "./problemStore"
import { NO_PARENTS } from "./scopes"
import type { StepStatuses } from "./stepStatuses"

/** What the cards and wires of one canvas look up by id, outside the node array. */
export interface CanvasContextValue {
  statuses: StepStatuses
  problems: ProblemStore
  /** Whether a run is drawn: without one, footers say nothing of states. */
  hasRun: boolean
  /** The run that is drawn is paused: a wait that ends moves nothing. */
  paused: boolean
  /** The steps at the top that take part in the run; null for all. */
  takesPart: ReadonlySet<string> | null
  editable: boolean
  /** What somebody else may see of the steps, by their ids; null: one looks as oneself. */
  viewed: ViewedNodes | null
  scopes: Scopes
  /** The frame into which what is dragged would go. */
  drop: StoreApi<DropTarget>
}

export interface DropTarget {
  frame: string | null
}

export const NO_SCOPES: Scopes = { parents: NO_PARENTS, titleOf: (id) => id }

export const newDrop = (): StoreApi<DropTarget> => createStore<DropTarget>(() => ({ frame: null }))

export const CanvasContext = createContext<CanvasContextValue | null>(null)

export function useCanvas(): CanvasContextValue {
  const canvas = useContext(CanvasContext)
  if (!canvas) throw new Error("Cards and wires need a canvas around them.")
  return canvas
}
