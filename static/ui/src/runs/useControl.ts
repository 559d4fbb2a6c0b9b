import { useState } from "react"
import { toast } from "../shared/toast"
import { cancelRun } from "./api"
import { pauseRun, resumeRun } from "./controlApi"

type Wish = "pause" | "resume" | "cancel"

const CALLS: Record<Wish, (id: string) => Promise<void>> = {
  pause: pauseRun,
  resume: resumeRun,
  cancel: cancelRun,
}

const REFUSED: Record<Wish, string> = {
  pause: "The run could not be paused.",
  resume: "The run could not be resumed.",
  cancel: "The run could not be cancelled.",
}

/** Pause, resume, cancel: which of them is on its way, and what went wrong. `onDone` reads how the run stands now. */
export function useControl(runId: string, onDone: () => void) {
  const [busy, setBusy] = useState<Wish | null>(null)
  const ask = async (wish: Wish) => {
    setBusy(wish)
    try {
      await CALLS[wish](runId)
      onDone()
    } catch (error) {
      toast(error instanceof Error ? error.message : REFUSED[wish], { icon: "warn" })
      setBusy(null)
      return
    }
    if (wish !== "cancel") setBusy(null)
  }
  return { busy, ask: (wish: Wish) => void ask(wish) }
}
