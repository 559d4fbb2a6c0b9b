import { useState } from "react"
import type { NodeDocument } from "../api/types"
import { PointMenu } from "../shared/Menu"
import { IdDialog } from "./IdDialog"
import { useEditor, useSession, useUi } from "./SessionContext"
import { useStepActions } from "./useStepActions"

/** The menu at a step: a right click, or the menu key. */
export function StepMenu() {
  const session = useSession()
  const at = useUi((ui) => ui.menu)
  const node = useEditor((state) => state.graph.nodes.find((item) => item.id === at?.node))
  const [renaming, setRenaming] = useState<NodeDocument | null>(null)
  const actions = useStepActions(() => setRenaming(node ?? null))
  const close = () => session.ui.setState({ menu: null })
  return (
    <>
      {at && node && (
        <PointMenu
          label={`Actions for ${session.titleOf(node.id)}`}
          items={actions(node)}
          at={at}
          onClose={() => {
            close()
            document.getElementById("canvas")?.focus()
          }}
        />
      )}
      {renaming && <IdDialog key={renaming.id} node={renaming} onClose={() => setRenaming(null)} />}
    </>
  )
}
