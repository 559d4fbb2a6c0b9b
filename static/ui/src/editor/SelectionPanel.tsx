import { Button } from "../shared/Button"
import { plural } from "../shared/format"
import { titleOf } from "../shared/mapping"
import { deleteSelection, duplicateSelection, copySelection, selectStep } from "./intents"
import { useEditor, useSession } from "./SessionContext"

/** Several steps are chosen: what can be done with all of them. */
export function SelectionPanel({ onTidy }: { onTidy: () => void }) {
  const session = useSession()
  const selection = useEditor((state) => state.selection)
  const graph = useEditor((state) => state.graph)
  const chosen = graph.nodes.filter((node) => selection.nodes.has(node.id))
  return (
    <div className="many">
      <h2 className="insp-many">{plural(chosen.length, "step")} selected</h2>
      <div className="row wrap">
        <Button icon="copy" onClick={() => void copySelection(session)}>
          Copy
        </Button>
        {session.editable && (
          <>
            <Button icon="plus" onClick={() => duplicateSelection(session)}>
              Duplicate
            </Button>
            <Button icon="layout" onClick={onTidy}>
              Tidy
            </Button>
            <Button icon="trash" variant="danger" onClick={() => deleteSelection(session)}>
              Delete
            </Button>
          </>
        )}
      </div>
      <ul className="many-list scroll">
        {chosen.slice(0, 200).map((node) => (
          <li key={node.id}>
            <button type="button" className="keyrow" onClick={() => selectStep(session, node.id)}>
              <span className="cut">{titleOf(node, session.nodeTypes.get(node.type))}</span>
              <code className="v">{node.id}</code>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
