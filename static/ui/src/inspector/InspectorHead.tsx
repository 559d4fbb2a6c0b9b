import { useState } from "react"
import type { NodeDocument } from "../api/types"
import { renameNode, updateNode } from "../editor/commands"
import { copySelection, deleteSelection, duplicateSelection } from "../editor/intents"
import { useSession } from "../editor/SessionContext"
import { Button, IconButton } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, TextInput } from "../shared/Field"
import { NodeTile } from "../shared/icons/nodeIcon"
import { titleOf } from "../shared/mapping"
import { Menu, type MenuItem } from "../shared/Menu"

/** The step's mark, name, type and id. The name is edited where it stands. */
export function InspectorHead({ node }: { node: NodeDocument }) {
  const session = useSession()
  const { editor, nodeTypes, editable } = session
  const [renaming, setRenaming] = useState(false)
  const type = nodeTypes.get(node.type)
  const setLabel = (label: string) =>
    editor.apply(
      "rename",
      updateNode(node.id, (item) => ({ ...item, label })),
      { merge: `label:${node.id}` },
    )
  const items: MenuItem[] = [
    { label: "Duplicate", icon: "copy", keys: "Ctrl D", onSelect: () => duplicateSelection(session) },
    { label: "Copy as JSON", icon: "code", keys: "Ctrl C", onSelect: () => void copySelection(session) },
    { label: "Change id", icon: "tag", onSelect: () => setRenaming(true) },
    {
      label: node.disabled ? "Switch on" : "Switch off",
      icon: node.disabled ? "play" : "ban",
      onSelect: () =>
        editor.apply(
          node.disabled ? "switch on" : "switch off",
          updateNode(node.id, (item) => ({ ...item, disabled: !item.disabled })),
        ),
    },
    {
      label: "Delete",
      icon: "trash",
      keys: "Del",
      danger: true,
      separate: true,
      onSelect: () => deleteSelection(session),
    },
  ]
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
      {editable && (
        <Menu items={items}>
          <IconButton variant="ghost" size="sm" icon="more" label="More for this step" />
        </Menu>
      )}
      {renaming && <IdDialog key={node.id} node={node} onClose={() => setRenaming(false)} />}
    </div>
  )
}

const ID = /^[A-Za-z_][A-Za-z0-9_-]*$/

function IdDialog({ node, onClose }: { node: NodeDocument; onClose: () => void }) {
  const { editor } = useSession()
  const [id, setId] = useState(node.id)
  const taken = id !== node.id && editor.graph.nodes.some((other) => other.id === id)
  const error = taken
    ? `“${id}” is taken by another step.`
    : ID.test(id)
      ? undefined
      : "Letters, digits, _ and -, and no digit first."
  const save = () => {
    if (error) return
    if (id !== node.id) {
      editor.apply("change id", renameNode(node.id, id), {
        select: { nodes: new Set([id]), connections: new Set() },
      })
    }
    onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Change the id"
      onSubmit={save}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit disabledReason={error}>
            Change
          </Button>
        </>
      }
    >
      <p>
        Runs, parameters and exports name a step by its id. Connections follow the change; earlier runs keep
        the old one.
      </p>
      <Field label="Id" error={error}>
        {(control) => (
          <TextInput
            {...control}
            mono
            data-autofocus
            value={id}
            onChange={(event) => setId(event.target.value)}
          />
        )}
      </Field>
    </Dialog>
  )
}
