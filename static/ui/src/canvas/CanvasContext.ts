import { createContext, useContext } from "react"
import { StatusStore } from "../shared/live/statusStore"
import { ProblemStore } from "./problemStore"

/** What the cards and wires of one canvas look up by id, outside the node array. */
export interface CanvasContextValue {
  statuses: StatusStore
  problems: ProblemStore
  /** Whether a run is drawn: without one, footers say nothing of states. */
  hasRun: boolean
  editable: boolean
}

export const CanvasContext = createContext<CanvasContextValue>({
  statuses: new StatusStore(),
  problems: new ProblemStore(),
  hasRun: false,
  editable: false,
})

export const useCanvas = (): CanvasContextValue => useContext(CanvasContext)
