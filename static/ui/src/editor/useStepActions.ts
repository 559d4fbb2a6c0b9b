import { useCan } from "../api/me"
import type { NodeDocument } from "../api/types"
import { isFrame, parentsOf } from "../canvas/scopes"
import { isTerminal } from "../shared/status"
import type { MenuItem } from "../shared/Menu"
import { updateNode } from "./commands"
import type { EditorSession } from "./EditorSession"
import { copySelection, deleteSelection, duplicateSelection, moveStep } from "./intents"
import { lacking, outerOf, type Earlier, type PartMode } from "./partialRuns"
import { pinLast, unpin, whyNoPin } from "./pins"
import { useSession } from "./SessionContext"
import { useRunning, type RunningDraft } from "./useRunDraft"

/** What can be done with one step, for the menus at it. `onRename` opens the dialog for its id. */
export function useStepActions(onRename: () => void): (node: NodeDocument) => MenuItem[] {
  const session = useSession()
  const running = useRunning()
  const mayRead = useCan("run.data")
  return (node) => [
    ...runItems(session, running, node),
    ...pinItems(session, node, mayRead),
    ...(session.editable ? editItems(session, node, onRename) : copyItems(session)),
  ]
}

/** The results that a partial run can take over, as far as this page knows. */
export function earlierResults(session: EditorSession, running: RunningDraft): Earlier {
  const { shown } = session.live.store.getState()
  const others = running.workflow.last_runs.filter((run) => run.id !== shown?.id)
  return {
    has: (id) => {
      const status = shown && session.live.statuses.get(id)?.status
      return Boolean(status && isTerminal(status) && status !== "cancelled")
    },
    mayBeElsewhere: others.length > 0,
  }
}

function runItems(session: EditorSession, running: RunningDraft, node: NodeDocument): MenuItem[] {
  const { graph } = session.editor
  const earlier = earlierResults(session, running)
  const refusal = running.refusal ?? (running.busy ? "A run is being started." : null)
  const item = (mode: PartMode, label: string, more: Partial<MenuItem>): MenuItem => {
    const missing = lacking(graph, mode, node.id, earlier)
    const lacks = missing && `“${session.titleOf(missing)}” has no result yet. Run to it first.`
    return {
      label,
      disabledReason: refusal ?? lacks,
      onSelect: () => running.ask({ mode, node: node.id }),
      ...more,
    }
  }
  const outer = outerOf(graph, node.id) // a body runs only as a whole
  const isInside = outer !== node.id
  const here = isInside ? named(session, outer) : "here"
  const only = isInside ? here : "this step"
  return [
    item("to_node", `Run to ${here}`, { icon: "play", keys: "Shift Enter" }),
    item("from_node", `Run from ${here}`, { icon: "arrow" }),
    item("single", `Run only ${only}`, { icon: "redo" }),
  ]
}

const named = (session: EditorSession, id: string): string => `“${session.titleOf(id)}”`

function pinItems(session: EditorSession, node: NodeDocument, mayRead: boolean): MenuItem[] {
  const last = {
    icon: "pin",
    disabledReason: whyNoPin(session, node, mayRead),
    onSelect: () => void pinLast(session, node.id),
  } as const
  if (!node.options?.pin) return [{ ...last, label: "Pin last output", keys: "P", separate: true }]
  return [
    {
      label: "Edit pin",
      icon: "pin",
      separate: true,
      onSelect: () => session.focusOn(node.id, "options.pin"),
    },
    { ...last, label: "Pin last output instead" },
    {
      label: "Unpin",
      icon: "x",
      keys: "P",
      disabledReason: !session.editable && "Your role may not change this workflow.",
      onSelect: () => unpin(session, node.id),
    },
  ]
}

function copyItems(session: EditorSession): MenuItem[] {
  return [
    { label: "Copy as JSON", icon: "code", keys: "Ctrl C", onSelect: () => void copySelection(session) },
  ]
}

function editItems(session: EditorSession, node: NodeDocument, onRename: () => void): MenuItem[] {
  const { editor } = session
  return [
    {
      label: "Duplicate",
      icon: "copy",
      keys: "Ctrl D",
      separate: true,
      onSelect: () => duplicateSelection(session),
    },
    ...copyItems(session),
    { label: "Change id", icon: "tag", onSelect: onRename },
    {
      label: node.disabled ? "Switch on" : "Switch off",
      icon: node.disabled ? "play" : "ban",
      onSelect: () =>
        editor.apply(
          node.disabled ? "switch on" : "switch off",
          updateNode(node.id, (item) => ({ ...item, disabled: !item.disabled })),
        ),
    },
    ...frameItems(session, node),
    {
      label: isFrame(session.nodeTypes.get(node.type)) ? "Delete with its steps" : "Delete",
      icon: "trash",
      keys: "Del",
      danger: true,
      separate: true,
      onSelect: () => deleteSelection(session),
    },
  ]
}

const MOST_FRAMES = 4

/** Into the frames beside it and out of its own: what a drag does, by the keyboard. */
function frameItems(session: EditorSession, node: NodeDocument): MenuItem[] {
  const { nodes } = session.editor.graph
  const parents = parentsOf(nodes)
  const around = parents.get(node.id)
  const beside = nodes.filter(
    (item) =>
      item.id !== node.id && parents.get(item.id) === around && isFrame(session.nodeTypes.get(item.type)),
  )
  const into = beside.slice(0, MOST_FRAMES).map(({ id }): MenuItem => ({
    label: `Move into “${session.titleOf(id)}”`,
    icon: "fit",
    onSelect: () => moveStep(session, node.id, id),
  }))
  if (around === undefined) return into
  const out: MenuItem = {
    label: `Move out of “${session.titleOf(around)}”`,
    icon: "external",
    onSelect: () => moveStep(session, node.id, parents.get(around) ?? null),
  }
  return [...into, out]
}
