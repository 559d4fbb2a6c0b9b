import type { RefObject } from "react"
import type { CanvasHandle } from "../canvas/LodFlow"
import type { EditorSession } from "./EditorSession"
import { parentsOf } from "../canvas/scopes"
import { firstInside, flowOrder, neighbour, type Direction } from "./flowOrder"
import {
  copySelection,
  deleteSelection,
  duplicateSelection,
  nudgeSelection,
  selectAll,
  selectStep,
} from "./intents"
import { focusSoon } from "../shared/focusSoon"
import { NO_SELECTION } from "../shared/mapping"
import { togglePin } from "./pins"
import type { RunningDraft } from "./useRunDraft"

interface Needs {
  session: EditorSession
  canvas: RefObject<CanvasHandle | null>
  tidy: () => void
  running: RunningDraft
  /** Whether this person may see what went through a run. */
  mayRead: boolean
}

/** What keys do while the canvas has the focus. `false`: nothing to do, the key goes on. */
export type CanvasAction = () => boolean | void

export function canvasKeys({ session, canvas, tidy, running, mayRead }: Needs): Record<string, CanvasAction> {
  const { editor, ui, editable } = session
  const edit =
    (action: () => void): CanvasAction =>
    () =>
      editable ? action() : false
  const go = (id: string | null | undefined) => {
    if (!id) return
    selectStep(session, id)
    canvas.current?.reveal(id)
  }
  const current = () => [...editor.selection.nodes][0]
  const along = (direction: Direction) => () => {
    const at = current()
    go(at ? neighbour(editor.graph, at, direction) : flowOrder(editor.graph)[0]?.id)
  }
  const next =
    (by: 1 | -1): CanvasAction =>
    () => {
      const order = flowOrder(editor.graph)
      const at = order.findIndex((node) => node.id === current())
      const target = at < 0 ? (by > 0 ? order[0] : undefined) : order[at + by]
      if (!target) return false // past the last step the Tab key leaves the canvas
      go(target.id)
      return true
    }
  const openSettings = () => {
    ui.setState({ inspectorOpen: true, tab: "config" })
    focusSoon(() => document.querySelector<HTMLElement>(".inspector input.insp-title"))
  }
  const openMenu: CanvasAction = () => {
    const at = current()
    const box = at && document.getElementById(`step-${at}`)?.getBoundingClientRect()
    if (!at) return false
    const middle = { x: innerWidth / 2, y: innerHeight / 3 } // a step too small to be drawn has no box
    ui.setState({ menu: { node: at, ...(box ? { x: box.left + 24, y: box.top + 40 } : middle) } })
  }
  return {
    Tab: next(1),
    "Shift+Tab": next(-1),
    ArrowLeft: along("left"),
    ArrowRight: along("right"),
    ArrowUp: along("up"),
    ArrowDown: along("down"),
    "Shift+ArrowLeft": edit(() => nudgeSelection(session, -1, 0)),
    "Shift+ArrowRight": edit(() => nudgeSelection(session, 1, 0)),
    "Shift+ArrowUp": edit(() => nudgeSelection(session, 0, -1)),
    "Shift+ArrowDown": edit(() => nudgeSelection(session, 0, 1)),
    // into a frame that holds something; else to the step's settings
    Enter: () => {
      const at = current()
      if (!at) return false
      const inside = firstInside(editor.graph, at)
      if (inside) go(inside)
      else openSettings()
    },
    "Alt+Enter": () => (current() ? openSettings() : false),
    "Shift+Enter": () => {
      const at = current()
      if (!at) return false
      running.ask({ mode: "to_node", node: at })
    },
    P: () => {
      const node = editor.graph.nodes.find((item) => item.id === current())
      if (!node) return false
      togglePin(session, node, mayRead)
    },
    ContextMenu: openMenu,
    "Shift+F10": openMenu,
    // out of a frame first, then to nothing
    Escape: () => {
      const frame = parentsOf(editor.graph.nodes).get(current() ?? "")
      if (frame !== undefined && editor.selection.nodes.size === 1) go(frame)
      else {
        editor.select(NO_SELECTION)
        ui.setState({ trigger: null })
      }
    },
    Delete: edit(() => deleteSelection(session)),
    Backspace: edit(() => deleteSelection(session)),
    "Ctrl+A": () => selectAll(session),
    "Ctrl+C": () => void copySelection(session),
    "Ctrl+X": edit(() => void copySelection(session).then(() => deleteSelection(session))),
    "Ctrl+D": edit(() => duplicateSelection(session)),
    "1": () => canvas.current?.fit(),
    "2": () => canvas.current?.fitTo(editor.selection.nodes),
    "+": () => canvas.current?.zoomIn(),
    "=": () => canvas.current?.zoomIn(),
    "-": () => canvas.current?.zoomOut(),
    O: () => ui.setState({ outlineOpen: true }),
    V: () => ui.setState({ tool: "select" }),
    H: () => ui.setState({ tool: "pan" }),
    T: edit(tidy),
    C: edit(() => {
      if (!current()) return
      ui.setState({ inspectorOpen: true, tab: "config" })
      focusSoon(() => document.querySelector<HTMLElement>(".inspector .connect-from select"))
    }),
  }
}
