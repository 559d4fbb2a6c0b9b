import { lazy, Suspense } from "react"
import { useWaitingProof } from "../api/proof"

const StepUpDialog = lazy(() => import("./StepUpDialog"))

/** Shows the question for fresh proof over whatever page needs it. */
export function StepUpGate() {
  const waiting = useWaitingProof((state) => state.waiting)
  if (!waiting) return null
  return (
    <Suspense fallback={null}>
      <StepUpDialog waiting={waiting} />
    </Suspense>
  )
}
