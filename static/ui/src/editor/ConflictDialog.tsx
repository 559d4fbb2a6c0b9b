import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { moment, plural } from "../shared/format"
import { useEditor, useSession, useUi } from "./SessionContext"

/** Two drafts of one workflow: which stays. The other is one undo, or one download, away. */
export default function ConflictDialog() {
  const session = useSession()
  const save = useUi((ui) => ui.save)
  const mine = useEditor((state) => state.graph.nodes.length)
  const later = useUi((ui) => ui.conflictLater)
  if (save.phase !== "conflict") return null
  const { theirs } = save
  const who = theirs.updated_by ? theirs.updated_by.name || theirs.updated_by.email : "Someone"
  return (
    <Dialog
      open={later !== theirs.revision}
      onClose={() => session.ui.setState({ conflictLater: theirs.revision })}
      title="This draft changed elsewhere"
      width={520}
      footer={
        <>
          <Button variant="ghost" onClick={() => downloadDraft(session.workflowId, session.editor.graph)}>
            Download mine
          </Button>
          <Button onClick={() => session.takeTheirs()}>Take the other</Button>
          <Button variant="primary" onClick={() => session.autosave.keepMine()}>
            Keep mine
          </Button>
        </>
      }
    >
      <p>
        {who} saved it at {moment(theirs.updated_at)}, after you opened it. You have{" "}
        {plural(Math.max(1, save.changes), "change")} that is not saved yet.
      </p>
      <dl className="kv conflict">
        <dt>Yours</dt>
        <dd>{plural(mine, "step")}</dd>
        <dt>The other</dt>
        <dd>
          {plural(theirs.graph.nodes.length, "step")}, {plural(theirs.graph.connections.length, "connection")}
        </dd>
      </dl>
      <p>“Keep mine” saves yours over the other. “Take the other” shows the other; undo brings yours back.</p>
    </Dialog>
  )
}

function downloadDraft(id: string, graph: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(graph, null, 2)], { type: "application/json" }))
  const link = document.createElement("a")
  link.href = url
  link.download = `draft-${id}.json`
  link.click()
  URL.revokeObjectURL(url)
}
