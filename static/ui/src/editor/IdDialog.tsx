import { useState } from "react"
import type { NodeDocument } from "../api/types"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, TextInput } from "../shared/Field"
import { renameNode } from "./commands"
import { useSession } from "./SessionContext"

const ID = /^[A-Za-z_][A-Za-z0-9_-]*$/

/** Gives a step another id; its connections follow. */
export function IdDialog({ node, onClose }: { node: NodeDocument; onClose: () => void }) {
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
