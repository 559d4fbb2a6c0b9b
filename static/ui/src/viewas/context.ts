import { createContext, useContext, useEffect, type RefObject } from "react"

interface Looking {
  /** Asks through whose eyes. */
  choose: () => void
  /** The step that is chosen on the page: what a test begins with. */
  step: RefObject<string | null>
}

/** Around a page that can be looked at as somebody else. */
export const LookingContext = createContext<Looking | null>(null)

/** Tells which step is chosen; null for none. */
export function useTellStep(step: string | null): void {
  const looking = useContext(LookingContext)
  useEffect(() => {
    if (looking) looking.step.current = step
  }, [looking, step])
}
