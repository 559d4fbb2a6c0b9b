import { useViewer, viewerName } from "../api/viewing"
import { EmptyState } from "../shared/EmptyState"
import { Note } from "../shared/Note"
import { Prose } from "../shared/Prose"
import AskButton from "./AskButton"
import type { Denial } from "./types"
import "./access.css"

/** In the place of what is left out: why, and the way to ask for it. */
export function DenialNote({ denial }: { denial: Denial }) {
  return (
    <Note icon="lock">
      <Prose text={denial.reason} />
      {denial.can_request && (
        <div className="denial-act">
          <AskButton denial={denial} small />
        </div>
      )}
    </Note>
  )
}

/** The same where nothing else stands: “You can’t see this output”. */
export function Denied({ what, denial }: { what: string; denial: Denial }) {
  const viewer = useViewer()
  return (
    <EmptyState
      icon="lock"
      title={`${viewer ? viewerName(viewer) : "You"} can’t see ${what}`}
      action={denial.can_request && <AskButton denial={denial} />}
    >
      <Prose text={denial.reason} />
    </EmptyState>
  )
}
