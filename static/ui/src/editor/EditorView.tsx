import { useQuery } from "@tanstack/react-query"
import {
  lazy,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type RefObject,
} from "react"
import { useCan } from "../api/me"
import type { NodeType, Workflow } from "../api/types"
import type { CanvasHandle } from "../canvas/LodFlow"
import { Minimap } from "../canvas/Minimap"
import { WorkflowPanel } from "../inspector/WorkflowPanel"
import { keyName, useKeys } from "../shared/hooks/useKeys"
import { focusSoon } from "../shared/focusSoon"
import { plural } from "../shared/format"
import { toast } from "../shared/toast"
import { canvasKeys } from "./canvasKeys"
import { Drawer } from "./Drawer"
import { EditorBar } from "./EditorBar"
import { EditorCanvas } from "./EditorCanvas"
import { addStep, pasteText, redo, undo } from "./intents"
import { Library } from "./Library"
import { PanelEdge } from "./PanelEdge"
import { runTidy } from "./runTidy"
import type { Trigger } from "../triggers/types"
import { useEditor, useSelectedNode, useSession, useUi } from "./SessionContext"
import { SelectionPanel } from "./SelectionPanel"
import { Toolbar } from "./Toolbar"
import { useTellStep } from "../viewas/context"
import { laneOf } from "../triggers/lane"
import { workflowTriggers } from "../triggers/workflowTriggers"
import { useFollowFocus } from "./useFollowFocus"
import { usePaste } from "./usePaste"
import { StepMenu } from "./StepMenu"
import { RunningContext, useRunDraft } from "./useRunDraft"
import "./EditorView.css"

const readInspector = () => import("../inspector/Inspector")
const Inspector = lazy(readInspector)
const TriggerPanel = lazy(() => import("../triggers/TriggerPanel"))
const PythonPanel = lazy(() => import("../python/PythonPanel"))
const Outline = lazy(() => import("./Outline"))
const ConflictDialog = lazy(() => import("./ConflictDialog"))
const KeysDialog = lazy(() => import("./KeysDialog"))

const NO_EDIT = "Your role may look at this workflow, not change it."

const NO_TRIGGERS: readonly Trigger[] = []

const AFTER_OPENING_MS = 200

function backToCanvas(event: KeyboardEvent): void {
  if (
    event.key !== "Escape" ||
    event.defaultPrevented ||
    document.querySelector("[role=dialog], [role=menu]")
  )
    return
  // in the code editor Esc closes a list, or frees the Tab key to leave by
  if ((event.target as HTMLElement).closest(".cm-editor")) return
  document.getElementById("canvas")?.focus()
}

/** A trigger that was added stands left of what was in view: all is shown again. */
function useShowNew(triggers: number, canvas: RefObject<CanvasHandle | null>): void {
  const before = useRef(triggers)
  useEffect(() => {
    if (triggers > before.current) canvas.current?.fit()
    before.current = triggers
  }, [triggers, canvas])
}

/** What a step is set with comes after the canvas stands, and before the first step is chosen. */
function useInspectorAhead(): void {
  useEffect(() => {
    const timer = setTimeout(() => void readInspector().catch(() => undefined), AFTER_OPENING_MS)
    return () => clearTimeout(timer)
  }, [])
}

/** The editor: library, canvas, inspector, drawer. Each pushes the canvas, none covers it. */
export function EditorView({ workflow }: { workflow: Workflow }) {
  const session = useSession()
  const { editable, nodeTypes } = session
  const graph = useEditor((state) => state.graph)
  const selection = useEditor((state) => state.selection)
  const freeNames = useEditor((state) => state.freeNames)
  const ui = useUi((state) => state)
  const selected = useSelectedNode()
  const canvas = useRef<CanvasHandle>(null)
  const held = useEditor((state) => state.held)
  const [keysOpen, setKeysOpen] = useState(false)
  const nodes = useMemo(
    () => session.mapper.nodes(graph, nodeTypes, selection, freeNames, held),
    [session, graph, nodeTypes, selection, freeNames, held],
  )
  const edges = useMemo(() => session.mapper.edges(graph, selection), [session, graph, selection])
  const types = useMemo(() => [...nodeTypes.values()], [nodeTypes])
  const triggers = useQuery(workflowTriggers(workflow.id)).data ?? NO_TRIGGERS
  const lane = useMemo(
    () =>
      laneOf(
        triggers.map((trigger) => trigger.id),
        graph,
        nodes,
      ),
    [triggers, graph, nodes],
  )
  useShowNew(lane?.cards.size ?? 0, canvas)
  const running = useRunDraft(workflow)
  const mayRead = useCan("run.data")

  const middle = () => canvas.current?.center() ?? { x: 0, y: 0 }
  const add = useCallback(
    (type: NodeType) => addStep(session, type, canvas.current?.center() ?? { x: 0, y: 0 }),
    [session],
  )
  const tidy = () =>
    void runTidy(session, nodes).then(
      () => canvas.current?.fit(),
      () => toast("The steps could not be arranged. Nothing moved.", { icon: "warn" }),
    )
  const focusLibrary = () => {
    session.ui.setState({ libraryOpen: true })
    focusSoon(() => document.getElementById("library-search"))
  }

  useInspectorAhead()
  useTellStep(selected?.id ?? null)
  useFollowFocus(canvas)
  usePaste((text) => editable && pasteText(session, text, middle()))
  useKeys({
    "/": focusLibrary,
    "?": () => setKeysOpen(true),
    "[": () => session.ui.setState({ libraryOpen: !ui.libraryOpen }),
    "]": () => session.ui.setState({ inspectorOpen: !ui.inspectorOpen }),
    "Ctrl+J": () => session.ui.setState({ drawerOpen: ui.pythonOpen || !ui.drawerOpen, pythonOpen: false }),
    "Ctrl+Enter": () => running.ask(),
    "Ctrl+Z": () => editable && undo(session),
    "Ctrl+Shift+Z": () => editable && redo(session),
    "Ctrl+Y": () => editable && redo(session),
    "Ctrl+S": () => void session.autosave.flush().catch(() => undefined),
  })
  const keys = canvasKeys({ session, canvas, tidy, running, mayRead })
  const onCanvasKey = (event: KeyboardEvent) => {
    const action = keys[keyName(event)]
    if (!action || (event.target as HTMLElement).closest("input, textarea, button")) return
    if (action() !== false) event.preventDefault()
  }

  return (
    <RunningContext value={running}>
      <EditorBar workflow={workflow} running={running} />
      <div className={`work${ui.libraryOpen ? "" : " no-library"}${ui.inspectorOpen ? "" : " no-inspector"}`}>
        {ui.libraryOpen && (
          <aside className="panel library" aria-label="Node library">
            <Library types={types} onAdd={add} refusal={editable ? null : NO_EDIT} />
            <div className="mini">
              <div className="row caps">
                Minimap<span className="end xs num">{plural(graph.nodes.length, "node")}</span>
              </div>
              <Minimap nodes={nodes} edges={edges} statuses={session.statuses} />
            </div>
            <PanelEdge
              side="right"
              variable="--library"
              label="Width of the library"
              min={176}
              max={320}
              initial={208}
            />
          </aside>
        )}
        <section className="stage" aria-label="Workflow">
          <Toolbar canvas={canvas} onTidy={tidy} />
          {ui.outlineOpen ? (
            <Suspense>
              <Outline />
            </Suspense>
          ) : (
            <EditorCanvas
              nodes={nodes}
              edges={edges}
              triggers={triggers}
              lane={lane}
              handle={canvas}
              onKeyDown={onCanvasKey}
            />
          )}
          {ui.pythonOpen ? (
            <Suspense>
              <PythonPanel name={workflow.name} />
            </Suspense>
          ) : (
            ui.drawerOpen && <Drawer />
          )}
        </section>
        {ui.inspectorOpen && (
          // Esc leads back to the canvas from every field here
          // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
          <aside className="panel inspector" aria-label="Inspector" onKeyDown={backToCanvas}>
            <PanelEdge
              side="left"
              variable="--inspector"
              label="Width of the inspector"
              min={280}
              max={560}
              initial={328}
            />
            <Suspense>
              {selected ? (
                <Inspector node={selected} />
              ) : selection.nodes.size > 1 ? (
                <SelectionPanel onTidy={tidy} />
              ) : ui.trigger ? (
                <TriggerPanel workflow={workflow} shown={ui.trigger} />
              ) : (
                <WorkflowPanel workflow={workflow} onAdd={focusLibrary} />
              )}
            </Suspense>
          </aside>
        )}
      </div>
      <Suspense>
        {ui.save.phase === "conflict" && <ConflictDialog />}
        {running.dialog}
        {keysOpen && <KeysDialog onClose={() => setKeysOpen(false)} />}
      </Suspense>
      <StepMenu />
    </RunningContext>
  )
}
