/** What keys, buttons and drops ask for, as commands on the session. */
import type { GraphDocument, NodeType } from "../api/types"
import { GRID, type Point } from "../canvas/geometry"
import { CARD_WIDTH } from "../canvas/layout"
import { freeSpot } from "./freeSpot"
import { NEW_INPUT } from "../canvas/ports"
import { announce } from "../shared/announce"
import { plural } from "../shared/format"
import { connectionFrom, NO_SELECTION, titleOf } from "../shared/mapping"
import { identifier } from "../shared/names"
import { toast } from "../shared/toast"
import { clipOf, clipText, parseClip } from "./clipboard"
import { addNodes, connect, copiesOf, freshId, newNode, nudge, removeItems } from "./commands"
import type { EditorSession } from "./EditorSession"

/** Puts a step of this type on the canvas and selects it. */
export function addStep(session: EditorSession, type: NodeType, at: Point): void {
  const { editor } = session
  const node = newNode(editor.graph, type, freeSpot(editor.graph.nodes, at))
  const select = { nodes: new Set([node.id]), connections: new Set<string>() }
  editor.apply(`add “${type.label}”`, addNodes([node]), { select })
  session.ui.setState(({ newSteps }) => ({ tab: "config", newSteps: new Set([...newSteps, node.id]) }))
  announce(`${type.label} added`)
}

/** A wire between two handles, as drawn. Dropped on a step that takes any name, it makes a new input. */
export function connectHandles(
  session: EditorSession,
  from: { node: string; handle: string },
  to: { node: string; handle: string },
): void {
  const { graph } = session.editor
  const target = graph.nodes.find((node) => node.id === to.node)
  const input = to.handle === NEW_INPUT ? newInputName(graph, from, to.node) : to.handle
  const port = session.nodeTypes.get(target?.type ?? "")?.inputs.find((item) => item.name === input)
  const wire = connectionFrom(from.node, from.handle, to.node, input)
  session.editor.apply("connect", connect(wire, port?.multiple))
}

export function newInputName(
  graph: GraphDocument,
  from: { node: string; handle: string },
  target: string,
): string {
  const taken = new Set(graph.connections.filter((item) => item.target === target).map((item) => item.input))
  const base = from.handle === "result" || from.handle.startsWith("!") ? from.node : from.handle
  return freshId(taken, identifier(base))
}

export function deleteSelection(session: EditorSession): void {
  const { editor } = session
  const { nodes, connections } = editor.selection
  if (!nodes.size && !connections.size) return
  const what = nodes.size ? plural(nodes.size, "step") : plural(connections.size, "connection")
  editor.apply(`delete ${what}`, removeItems(nodes, connections), { select: NO_SELECTION })
  const { step } = editor.store.getState() // once something else was done, this toast's undo would take that back
  toast(`${what[0]?.toUpperCase()}${what.slice(1)} deleted`, {
    icon: "trash",
    action: { label: "Undo", run: () => editor.store.getState().step === step && undo(session) },
  })
}

export function duplicateSelection(session: EditorSession): void {
  const { editor } = session
  const clip = clipOf(editor.graph, editor.selection.nodes)
  if (!clip.nodes.length) return
  place(session, copiesOf(editor.graph, clip.nodes, clip.connections), "duplicate")
}

export async function copySelection(session: EditorSession): Promise<void> {
  const clip = clipOf(session.editor.graph, session.editor.selection.nodes)
  if (!clip.nodes.length) return
  await navigator.clipboard.writeText(clipText(clip))
  toast(`${plural(clip.nodes.length, "step")} copied as JSON`, { icon: "copy" })
}

/** `middle` is where the pasted steps are centred. */
export function pasteText(session: EditorSession, text: string, middle: Point): void {
  const parsed = parseClip(text)
  if ("error" in parsed) {
    toast(parsed.error, { icon: "warn" })
    return
  }
  const { nodes, connections } = parsed.clip
  const xs = nodes.map((node) => node.position?.[0] ?? 0)
  const ys = nodes.map((node) => node.position?.[1] ?? 0)
  const offset = {
    x: middle.x - (Math.min(...xs) + Math.max(...xs) + CARD_WIDTH) / 2,
    y: middle.y - (Math.min(...ys) + Math.max(...ys) + 72) / 2,
  }
  place(session, copiesOf(session.editor.graph, nodes, connections, offset), "paste")
}

function place(session: EditorSession, copies: ReturnType<typeof copiesOf>, verb: string): void {
  const select = { nodes: new Set(copies.nodes.map((node) => node.id)), connections: new Set<string>() }
  session.editor.apply(
    `${verb} ${plural(copies.nodes.length, "step")}`,
    addNodes(copies.nodes, copies.connections),
    { select },
  )
}

export function nudgeSelection(session: EditorSession, dx: number, dy: number): void {
  const { nodes } = session.editor.selection
  if (nodes.size) session.editor.apply("move", nudge(nodes, dx * GRID, dy * GRID), { merge: "nudge" })
}

export function selectAll(session: EditorSession): void {
  const ids = session.editor.graph.nodes.map((node) => node.id)
  session.editor.select({ nodes: new Set(ids), connections: new Set() })
}

export function selectStep(session: EditorSession, id: string): void {
  session.editor.select({ nodes: new Set([id]), connections: new Set() })
  const node = session.editor.graph.nodes.find((item) => item.id === id)
  if (!node) return
  const type = session.nodeTypes.get(node.type)
  announce(`${titleOf(node, type)}, ${type?.label ?? node.type}`)
}

export function undo(session: EditorSession): void {
  const label = session.editor.undo()
  if (label) announce(`Undone: ${label}`)
}

export function redo(session: EditorSession): void {
  const label = session.editor.redo()
  if (label) announce(`Done again: ${label}`)
}
