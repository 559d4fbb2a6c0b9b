import { Icon } from "../shared/icons/Icon"
import type { LiveRun } from "./LiveRun"
import { useLive } from "./useLiveRun"

/** Says when what is shown may be behind, and that it catches up by itself. Quiet while all is well. */
export function ConnectionNotice({ live }: { live: LiveRun }) {
  const connection = useLive(live, (state) => state.connection)
  const refusal = useLive(live, (state) => state.refusal)
  const seq = useLive(live, (state) => state.seq)
  const text = {
    reconnecting: `Reconnecting, last event ${seq}`,
    refused: refusal ?? "Live updates are not open to you. Load the page again.",
    connecting: null,
    live: null,
    closed: null,
  }[connection]
  return (
    <span role="status" className="connection">
      {text && (
        <span className="badge warn">
          <Icon name="retry" size={12} />
          {text}
        </span>
      )}
    </span>
  )
}
