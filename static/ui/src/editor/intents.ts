/** What keys, buttons and drops ask for, as commands on the session. */
import type { GraphDocument, NodeType } from "../api/types"
import { bodyOrigin, frameAt } from "../canvas/frames"
import { boundsOf, GRID, holds, type Point, type Rect } from "../canvas/geometry"
import { CARD_WIDTH } from "../canvas/layout"
import { innerHandle, isInnerHandle, NEW_INPUT, portOfHandle } from "../canvas/ports"
import { movedInto, outermost, parentsOf, wayInto, withBodies } from "../canvas/scopes"
import { announce } from "../shared/announce"
import { plural } from "../shared/format"
import { connectionFrom, NO_SELECTION, titleOf, type Selection } from "../shared/mapping"
import { identifier } from "../shared/names"
import { toast } from "../shared/toast"
import { clipOf, clipText, parseClip } from "./clipboard"
import { addNodes, connect, copiesOf, freshId, newNode, nudge, removeItems, type Command } from "./commands"
import { emptiedBy, settled } from "./dragging"
import { freeSpot } from "./freeSpot"
import { givingWay } from "./makeRoom"
import type { EditorSession } from "./EditorSession"

/** Puts a step of this type on the canvas and selects it; `into` is the frame that it goes in. */
export function addStep(
  session: EditorSession,
  type: NodeType,
  at: Point,
  into: string | null = scopeFor(session, at),
): void {
  const { editor } = session
  const node = newNode(editor.graph, type, spotIn(session, into, at), into)
  const select = { nodes: new Set([node.id]), connections: new Set<string>() }
  inFrames(session, `add “${type.label}”`, [into], addNodes([node]), select)
  session.ui.setState(({ newSteps }) => ({ tab: "config", newSteps: new Set([...newSteps, node.id]) }))
  announce(into === null ? `${type.label} added` : `${type.label} added in ${session.titleOf(into)}`)
}

/** A change of what lies in frames, as one step: what stands beside a frame that grows gives way. */
export function inFrames(
  session: EditorSession,
  label: string,
  frames: Iterable<string | null>,
  command: Command,
  select?: Selection,
): void {
  const { editor } = session
  const { rects } = session.boxes()
  editor.beginGesture()
  editor.preview(command)
  makeRoom(session, frames, rects)
  editor.endGesture(label, select)
}

/** Within a gesture: neighbours of these frames give way to them, then neighbours of the frames around. */
export function makeRoom(
  session: EditorSession,
  frames: Iterable<string | null>,
  before: ReadonlyMap<string, Rect>,
): void {
  const { editor } = session
  for (const frame of frames) {
    const parents = parentsOf(editor.graph.nodes)
    for (let at = frame ?? undefined; at !== undefined; at = parents.get(at)) {
      for (const [id, [dx, dy]] of givingWay(at, before, session.boxes().rects, parents))
        editor.preview(nudge(new Set([id]), dx, dy))
    }
  }
}

/** The frame that new steps go in: the one selected, the one around what is selected, or the one at this point. */
function scopeFor(session: EditorSession, at: Point): string | null {
  const [only, ...others] = session.editor.selection.nodes
  const { rects, frames } = session.boxes()
  const parents = parentsOf(session.editor.graph.nodes)
  if (only !== undefined && !others.length) return frames.has(only) ? only : (parents.get(only) ?? null)
  return frameAt(at, framesOf(rects, frames), parents)
}

/** The frame under a point, for what is dropped there. */
export function frameUnder(session: EditorSession, at: Point): string | null {
  const { rects, frames } = session.boxes()
  return frameAt(at, framesOf(rects, frames), parentsOf(session.editor.graph.nodes))
}

const framesOf = (rects: ReadonlyMap<string, Rect>, frames: ReadonlySet<string>): Map<string, Rect> =>
  new Map([...rects].filter(([id]) => frames.has(id)))

/** A free place near a point in a frame, or at the top. An empty frame stays where it is. */
function spotIn(session: EditorSession, frame: string | null, at: Point): Point {
  const { rects } = session.boxes()
  const parents = parentsOf(session.editor.graph.nodes)
  const beside = [...rects].flatMap(([id, rect]) => ((parents.get(id) ?? null) === frame ? [rect] : []))
  const box = frame === null ? undefined : rects.get(frame)
  if (box && !beside.length) return bodyOrigin(box)
  const isInside = !box || holds(box, { ...at, width: 0, height: 0 })
  return freeSpot(beside, isInside ? at : middleOf(boundsOf(beside)))
}

const middleOf = ({ x, y, width, height }: Rect): Point => ({ x: x + width / 2, y: y + height / 2 })

interface PortEnd {
  node: string
  handle: string
}

const scopeEnd = ({ node, handle }: PortEnd) => ({ node, inner: isInnerHandle(handle) })

/**
 * A wire between two handles, as drawn. Dropped on a step that takes any name, it makes a new input; into a frame it
 * goes by an input of that frame, which hands it on.
 */
export function connectHandles(session: EditorSession, from: PortEnd, to: PortEnd): void {
  const { graph } = session.editor
  const way = wayInto(scopeEnd(from), scopeEnd(to), parentsOf(graph.nodes)) ?? []
  const command: Command = (before) => {
    let [here, source] = [before, from]
    for (const frame of way) {
      const name = handedOn(here, source, frame) ?? newInputName(session, here, source, frame)
      here = wired(session, here, source, { node: frame, handle: name })
      source = { node: frame, handle: innerHandle(name) }
    }
    return wired(session, here, source, to)
  }
  session.editor.apply("connect", command)
  if (way.length) announce(`Connected through ${way.map(session.titleOf).join(", ")}`)
}

function wired(session: EditorSession, graph: GraphDocument, from: PortEnd, to: PortEnd): GraphDocument {
  const target = graph.nodes.find((node) => node.id === to.node)
  const input = to.handle === NEW_INPUT ? newInputName(session, graph, from, to.node) : to.handle
  const type = session.nodeTypes.get(target?.type ?? "")
  const ports = isInnerHandle(input) ? type?.inner_inputs : type?.inputs
  const port = ports?.find((item) => item.name === portOfHandle(input))
  return connect(connectionFrom(from.node, from.handle, to.node, input), port?.multiple)(graph)
}

/** The input by which a frame already takes this very output. */
function handedOn(graph: GraphDocument, from: PortEnd, frame: string): string | undefined {
  const { output, kind } = connectionFrom(from.node, from.handle, frame, "")
  return graph.connections.find(
    (item) =>
      item.source === from.node && item.target === frame && item.output === output && item.kind === kind,
  )?.input
}

export function newInputName(
  session: EditorSession,
  graph: GraphDocument,
  from: PortEnd,
  target: string,
): string {
  const type = session.nodeTypes.get(graph.nodes.find((node) => node.id === target)?.type ?? "")
  const taken = new Set([
    ...graph.connections.filter((item) => item.target === target).map((item) => item.input),
    ...(type?.inner_outputs ?? []).map((port) => port.name), // what a frame gives itself
  ])
  const output = portOfHandle(from.handle)
  const base = output === "result" || output.startsWith("!") ? from.node : output
  return freshId(taken, identifier(base))
}

export function deleteSelection(session: EditorSession): void {
  const { editor } = session
  const { nodes, connections } = editor.selection
  if (!nodes.size && !connections.size) return
  const parents = parentsOf(editor.graph.nodes)
  const all = withBodies(nodes, parents)
  const what = all.size ? plural(all.size, "step") : plural(connections.size, "connection")
  const { rects } = session.boxes()
  const emptied = emptiedBy(all, parents)
  const remove = removeItems(nodes, connections)
  editor.apply(`delete ${what}`, (graph) => remove(settled(graph, rects, emptied)), { select: NO_SELECTION })
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
  const { rects, frames } = session.boxes()
  const outer = [...editor.selection.nodes]
  const box = boundsOf(outer.flatMap((id) => rects.get(id) ?? []))
  // a frame's copy stands below it: on top it would hide what lies inside
  const offset = outer.some((id) => frames.has(id)) ? { x: 0, y: box.height + 40 } : undefined
  const into = parentsOf(editor.graph.nodes).get(outer[0] ?? "") ?? null
  place(session, copiesOf(editor.graph, clip.nodes, clip.connections, offset), "duplicate", into)
}

export async function copySelection(session: EditorSession): Promise<void> {
  const clip = clipOf(session.editor.graph, session.editor.selection.nodes)
  if (!clip.nodes.length) return
  await navigator.clipboard.writeText(clipText(clip))
  toast(`${plural(clip.nodes.length, "step")} copied as JSON`, { icon: "copy" })
}

/** `middle` is where the pasted steps are centred. In an empty frame they go where its steps stand. */
export function pasteText(session: EditorSession, text: string, middle: Point): void {
  const parsed = parseClip(text)
  if ("error" in parsed) {
    toast(parsed.error, { icon: "warn" })
    return
  }
  const { nodes, connections } = parsed.clip
  const { rects, frames } = session.boxes()
  const [only, ...others] = session.editor.selection.nodes
  const copied = new Set(nodes.map((node) => node.id))
  const isCopied = (id: string) => copied.has(id)
  const isIntoSelected = only !== undefined && !others.length && frames.has(only) && !isCopied(only)
  const into = isIntoSelected ? only : pasteScope(session, middle, isCopied)
  const box = boundsOf(
    nodes.map(({ position }) => ({ x: position?.[0] ?? 0, y: position?.[1] ?? 0, ...CARD })),
  )
  const frame = into === null ? undefined : rects.get(into)
  const isEmpty = !session.editor.graph.nodes.some((node) => node.parent === into)
  const center = frame && isIntoSelected ? middleOf(frame) : middle
  const corner =
    frame && isEmpty ? bodyOrigin(frame) : { x: center.x - box.width / 2, y: center.y - box.height / 2 }
  const offset = { x: corner.x - box.x, y: corner.y - box.y }
  place(session, copiesOf(session.editor.graph, nodes, connections, offset, into), "paste", into)
}

/** Beside what is selected, or in the frame at this place; a copy of a frame never goes into that frame. */
function pasteScope(session: EditorSession, at: Point, isCopied: (id: string) => boolean): string | null {
  const parents = parentsOf(session.editor.graph.nodes)
  const [selected] = session.editor.selection.nodes
  let scope = selected === undefined ? frameUnder(session, at) : (parents.get(selected) ?? null)
  while (scope !== null && isCopied(scope)) scope = parents.get(scope) ?? null
  return scope
}

const CARD = { width: CARD_WIDTH, height: 72 }

function place(
  session: EditorSession,
  copies: ReturnType<typeof copiesOf>,
  verb: string,
  into: string | null,
): void {
  const ids = new Set(copies.nodes.map((node) => node.id))
  const outer = outermost(ids, parentsOf(copies.nodes))
  const label = `${verb} ${plural(copies.nodes.length, "step")}`
  const select = { nodes: new Set(outer), connections: new Set<string>() }
  inFrames(session, label, [into], addNodes(copies.nodes, copies.connections), select)
}

/** Moves a step into a frame beside it, or out of its own (null: to the top), as a menu asks. */
export function moveStep(session: EditorSession, id: string, frame: string | null): void {
  const { editor } = session
  const { rects } = session.boxes()
  const parents = parentsOf(editor.graph.nodes)
  const [from, around] = [rects.get(id), rects.get(parents.get(id) ?? "")]
  const into = rects.get(frame ?? "")
  if (!from) return
  const below = around && { x: around.x + around.width / 2, y: around.y + around.height + CARD.height }
  const to = spotIn(session, frame, below ?? middleOf(into ?? from))
  const moves = new Map([[id, frame]])
  const left = settled(editor.graph, rects, new Set([parents.get(id) ?? ""]))
  const { graph, cut } = movedInto(nudge(new Set([id]), to.x - from.x, to.y - from.y)(left), moves)
  inFrames(session, movedWords(session, moves), [frame], () => graph)
  tellMoved(session, moves, cut.length)
}

/** “move into “Loop””: the words of the history. */
export function movedWords(session: EditorSession, moves: ReadonlyMap<string, string | null>): string {
  const [frame] = new Set(moves.values())
  return frame == null ? "move out of the frame" : `move into “${session.titleOf(frame)}”`
}

/** Says what a move into or out of a frame took away. */
export function tellMoved(
  session: EditorSession,
  moves: ReadonlyMap<string, string | null>,
  cut: number,
): void {
  const [frame] = new Set(moves.values())
  const where = frame == null ? "out of the frame" : `into “${session.titleOf(frame)}”`
  const moved = `${plural(moves.size, "step")} moved ${where}`
  announce(moved)
  if (!cut) return
  const { step } = session.editor.store.getState()
  const which =
    cut === 1 ? "1 connection that would cross it was" : `${cut} connections that would cross it were`
  toast(`${moved}. ${which} removed.`, {
    icon: "merge",
    action: { label: "Undo", run: () => session.editor.store.getState().step === step && undo(session) },
  })
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
