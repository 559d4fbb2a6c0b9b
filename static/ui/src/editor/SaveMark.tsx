import { clock, plural } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { useDelayed } from "../shared/Skeleton"
import { useSession, useUi } from "./SessionContext"

/** Whether what stands here is on the server. */
export function SaveMark({ published }: { published: number | null }) {
  const { editable, autosave, ui } = useSession()
  const save = useUi((ui) => ui.save)
  const version = published === null ? "not published yet" : `v${published} published`
  if (!editable) {
    return (
      <span className="row xs subtle g1 save-mark">
        <Icon name="lock" size={12} />
        Read only · {version}
      </span>
    )
  }
  switch (save.phase) {
    case "saved":
      return (
        <span className="row xs subtle g1 save-mark" role="status">
          <Icon name="check" size={12} />
          Draft saved {clock(save.at)} · {version}
        </span>
      )
    case "dirty":
    case "saving":
      return <Saving version={version} />
    case "offline":
      return (
        <span className="row xs retrying g1 save-mark" role="status">
          <Icon name="warn" size={12} />
          Offline. {plural(Math.max(1, save.changes), "change")} kept here
          <button type="button" className="linkish" onClick={() => autosave.retry()}>
            Try now
          </button>
        </span>
      )
    case "conflict":
      return (
        <span className="row xs retrying g1 save-mark" role="status">
          <Icon name="warn" size={12} />
          Changed elsewhere. {plural(Math.max(1, save.changes), "change")} kept here
          <button type="button" className="linkish" onClick={() => ui.setState({ conflictLater: null })}>
            Choose
          </button>
        </span>
      )
    case "refused":
      return (
        <span className="row xs failed g1 save-mark" role="alert" title={save.message}>
          <Icon name="warn" size={12} />
          <span className="cut">Not saved: {save.message}</span>
        </span>
      )
  }
}

/** Quick saves pass without a flicker: “Saving…” comes after 400 ms. */
function Saving({ version }: { version: string }) {
  const slow = useDelayed(400 + 600)
  return (
    <span className="row xs subtle g1 save-mark" role="status">
      {slow ? "Saving…" : "Draft"} · {version}
    </span>
  )
}
