import { useMemo, useRef } from "react"
import type { StoreApi } from "zustand/vanilla"
import type { DropTarget } from "../canvas/CanvasContext"
import { bodyOrigin } from "../canvas/frames"
import { boundsOf } from "../canvas/geometry"
import { movedInto, parentsOf, withBodies } from "../canvas/scopes"
import { moveNodes, nudge } from "./commands"
import { dragTo, dropsOf, settled, type DragStart } from "./dragging"
import type { EditorSession } from "./EditorSession"
import { makeRoom, movedWords, tellMoved } from "./intents"
import { useSession } from "./SessionContext"

type Positions = Map<string, [number, number]>

interface StepDrag {
  move: (positions: Positions) => void
  end: () => void
}

/** Drags steps: frames take their body along, and a step that is let go in a frame lies in it from then on. */
export function useStepDrag(target: StoreApi<DropTarget>): StepDrag {
  const session = useSession()
  const start = useRef<DragStart | null>(null)
  const last = useRef<Positions>(new Map())
  return useMemo(() => {
    const { editor } = session
    const move = (positions: Positions) => {
      editor.beginGesture()
      start.current ??= { graph: editor.graph, ...session.boxes() }
      for (const [id, at] of positions) last.current.set(id, at)
      const { positions: all, held } = dragTo(start.current, last.current)
      editor.preview(moveNodes(all), held)
      const [frame = null] = new Set(dropsOf(start.current, last.current).values())
      target.setState({ frame })
    }
    const end = () => {
      const from = start.current
      const moved = last.current
      start.current = null
      last.current = new Map()
      target.setState({ frame: null })
      if (from) letGo(session, from, moved)
      else editor.endGesture("move")
    }
    return { move, end }
  }, [session, target])
}

function letGo(session: EditorSession, start: DragStart, moved: Positions): void {
  const { editor } = session
  const drops = dropsOf(start, moved)
  const { held } = dragTo(start, moved)
  const parents = parentsOf(start.graph.nodes)
  const left = [...drops.keys()].flatMap((id) => parents.get(id) ?? [])
  const { graph, cut } = movedInto(settled(editor.graph, held, new Set([...moved.keys(), ...left])), drops)
  editor.preview(() => graph)
  for (const frame of new Set(drops.values())) if (frame !== null) fillEmpty(session, start, frame, drops)
  makeRoom(session, new Set(drops.values()), start.rects)
  editor.endGesture(drops.size ? movedWords(session, drops) : "move")
  if (drops.size) tellMoved(session, drops, cut.length)
}

/** The first steps of an empty frame go where its body begins, so that the frame stays where it is. */
function fillEmpty(
  session: EditorSession,
  start: DragStart,
  frame: string,
  drops: ReadonlyMap<string, string | null>,
): void {
  const box = start.rects.get(frame)
  if (!box || start.graph.nodes.some((node) => node.parent === frame)) return
  const ids = [...drops].flatMap(([id, into]) => (into === frame ? [id] : []))
  const { rects } = session.boxes()
  const { x, y } = boundsOf(ids.flatMap((id) => rects.get(id) ?? []))
  const to = bodyOrigin(box)
  const all = withBodies(ids, parentsOf(session.editor.graph.nodes))
  session.editor.preview(nudge(all, to.x - x, to.y - y))
}
