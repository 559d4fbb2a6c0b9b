import { useState } from "react"
import type { NodeDocument } from "../api/types"
import { updateNode } from "../editor/commands"
import { IdDialog } from "../editor/IdDialog"
import { useSession } from "../editor/SessionContext"
import { useRunning } from "../editor/useRunDraft"
import { useStepActions } from "../editor/useStepActions"
import { IconButton } from "../shared/Button"
import { NodeTile } from "../shared/icons/nodeIcon"
import { titleOf } from "../shared/mapping"
import { Menu } from "../shared/Menu"

/** The step's mark, name, type and id. The name is edited where it stands. */
export function InspectorHead({ node }: { node: NodeDocument }) {
  const session = useSession()
  const { editor, nodeTypes, editable } = session
  const running = useRunning()
  const [renaming, setRenaming] = useState(false)
  const type = nodeTypes.get(node.type)
  const setLabel = (label: string) =>
    editor.apply(
      "rename",
      updateNode(node.id, (item) => ({ ...item, label })),
      { merge: `label:${node.id}` },
    )
  const actions = useStepActions(() => setRenaming(true))
  return (
    <div className="insp-head">
      <NodeTile icon={type?.icon ?? "warn"} category={type?.category ?? "govern"} size="lg" />
      <div className="col grow">
        <input
          className="insp-title"
          aria-label="Name of this step"
          readOnly={!editable}
          placeholder={titleOf(node, type)}
          value={node.label ?? ""}
          onChange={(event) => setLabel(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" || event.key === "Escape") document.getElementById("canvas")?.focus()
          }}
        />
        <span className="xs subtle cut">
          {type?.label ?? node.type} · <code>{node.id}</code>
          {node.disabled && " · switched off"}
        </span>
      </div>
      <IconButton
        size="sm"
        icon="play"
        iconSize={14}
        label="Run to here"
        keys="Shift Enter"
        disabledReason={running.refusal}
        onClick={() => running.ask({ mode: "to_node", node: node.id })}
      />
      <Menu items={() => actions(node)} width={264}>
        <IconButton variant="ghost" size="sm" icon="more" label="More for this step" />
      </Menu>
      {renaming && <IdDialog key={node.id} node={node} onClose={() => setRenaming(false)} />}
    </div>
  )
}
