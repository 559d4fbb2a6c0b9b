import { useCanvas } from "./CanvasContext"
import { around } from "./scopes"

/** Whether a step takes no part in the run that is drawn, which covers only some steps. */
export function useIsApart(id: string): boolean {
  const { takesPart, hasRun, scopes } = useCanvas()
  if (!takesPart || !hasRun) return false
  return !takesPart.has(around(id, scopes.parents).at(-1) ?? id)
}
