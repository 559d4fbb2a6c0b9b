import { Note } from "../shared/Note"
import type { AttemptDetail } from "./AttemptPicker"

const OUTCOMES: Readonly<Record<string, string>> = {
  succeeded: "that it happened",
  failed: "that it failed",
  retry: "to try it again",
}

/** Who said what became of a step whose outcome nobody knew. */
export function DecidedNote({ decided }: { decided: NonNullable<AttemptDetail["decided"]> }) {
  return (
    <Note icon="user">
      {decided.by} decided {OUTCOMES[decided.outcome] ?? decided.outcome}.
      {decided.comment && <span className="muted"> “{decided.comment}”</span>}
    </Note>
  )
}
