import {
  useReactFlow,
  useStoreApi,
  type Connection,
  type Edge,
  type EdgeChange,
  type FinalConnectionState,
  type NodeChange,
} from "@xyflow/react"
import { lazy, Suspense, useEffect, useMemo, useRef, useState, type DragEvent, type Ref } from "react"
import { DotGrid } from "../canvas/DotGrid"
import { useViewer } from "../api/viewing"
import { CanvasContext, newDrop } from "../canvas/CanvasContext"
import type { StepNode, WireEdge } from "../canvas/flow"
import { whyNot } from "../canvas/fit"
import { GRID, viewOf } from "../canvas/geometry"
import { LodFlow, type CanvasHandle } from "../canvas/LodFlow"
import { NEW_INPUT } from "../canvas/ports"
import { toast } from "../shared/toast"
import type { Lane } from "../triggers/lane"
import type { Trigger } from "../triggers/types"
import { DrawnWire } from "./DrawnWire"
import { endOf, freeInput } from "./handles"
import { addStep, connectHandles, frameUnder, selectStep } from "./intents"
import { DRAG_TYPE } from "./Library"
import { useEditor, useParents, useSession, useShownRun, useUi } from "./SessionContext"
import { useStepDrag } from "./useStepDrag"

const TriggerLane = lazy(() => import("../triggers/TriggerLane"))

interface Props {
  nodes: readonly StepNode[]
  edges: readonly WireEdge[]
  triggers: readonly Trigger[]
  /** Where the triggers stand; null without any. */
  lane: Lane | null
  handle: Ref<CanvasHandle>
  onKeyDown: (event: React.KeyboardEvent) => void
}

const SHOWN_LIVELY = 50

/** The canvas of the editor: draws the graph, turns gestures into commands. */
export function EditorCanvas({ nodes, edges, triggers, lane, handle, onKeyDown }: Props) {
  const session = useSession()
  const { editor, editable } = session
  const tool = useUi((ui) => ui.tool)
  const gesture = useEditor((state) => state.gesture !== null)
  const { screenToFlowPosition } = useReactFlow()
  const flow = useStoreApi<StepNode, WireEdge>()
  const boxed = useRef<{ x: number; y: number; width: number; height: number } | null>(null)
  const canvas = useRef<CanvasHandle>(null)
  const [dropStore] = useState(newDrop)
  const shown = useShownRun()
  const hasRun = shown !== null
  const paused = shown?.run.status === "paused"
  const takesPart = shown?.takesPart ?? null
  const parents = useParents()
  const scopes = useMemo(() => ({ parents, titleOf: session.titleOf }), [parents, session])
  const viewer = useViewer()
  const context = useMemo(
    () => ({
      statuses: session.statuses,
      problems: session.problemCounts,
      hasRun,
      paused,
      takesPart,
      editable,
      viewed: viewer?.nodes ?? null,
      scopes,
      drop: dropStore,
    }),
    [session, hasRun, paused, takesPart, editable, viewer, scopes, dropStore],
  )
  const drag = useStepDrag(dropStore)

  const dataOf = useMemo(() => new Map(nodes.map((node) => [node.id, node])), [nodes])

  // The box that is drawn to select: kept, since the library forgets it before it tells that it ended.
  useEffect(
    () =>
      flow.subscribe((state) => {
        if (state.userSelectionRect) boxed.current = state.userSelectionRect
      }),
    [flow],
  )

  const onNodesChange = (changes: NodeChange<StepNode>[]) => {
    const positions = new Map<string, [number, number]>()
    const selected = new Set(editor.selection.nodes)
    let reselected = false
    for (const change of changes) {
      if (change.type === "position" && change.position)
        positions.set(change.id, [change.position.x, change.position.y])
      if (change.type === "select") {
        reselected = true
        if (change.selected) selected.add(change.id)
        else selected.delete(change.id)
      }
    }
    if (positions.size && editable) drag.move(positions)
    if (reselected) editor.select({ nodes: selected, connections: editor.selection.connections })
  }

  const onEdgesChange = (changes: EdgeChange<WireEdge>[]) => {
    const selected = new Set(editor.selection.connections)
    for (const change of changes) {
      if (change.type !== "select") continue
      if (change.selected) selected.add(change.id)
      else selected.delete(change.id)
    }
    editor.select({ nodes: editor.selection.nodes, connections: selected })
  }

  const reasonAgainst = (wire: Connection | Edge): string | null => {
    const from = dataOf.get(wire.source)
    const to = dataOf.get(wire.target)
    if (!from || !to) return "There is no such step"
    return whyNot(
      endOf(from, wire.sourceHandle ?? null, "out"),
      endOf(to, wire.targetHandle ?? null, "in"),
      editor.graph.connections,
      scopes,
    )
  }

  const onConnect = (wire: Connection) => {
    const { source, target, sourceHandle, targetHandle } = wire
    if (sourceHandle && targetHandle) {
      connectHandles(session, { node: source, handle: sourceHandle }, { node: target, handle: targetHandle })
    }
  }

  /** Dropped on a step instead of a port: its first free input that fits, or a new one. */
  const onConnectEnd = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    if (
      state.isValid ||
      !state.fromHandle ||
      state.fromHandle.type !== "source" ||
      !(event instanceof MouseEvent)
    )
      return
    const under = document
      .elementFromPoint(event.clientX, event.clientY)
      ?.closest<HTMLElement>(".react-flow__node")
    const target = under?.dataset.id ? dataOf.get(under.dataset.id) : undefined
    const { nodeId, id } = state.fromHandle
    if (!target || !id || state.toHandle) return
    const fits = (targetHandle: string) =>
      !reasonAgainst({ source: nodeId, sourceHandle: id, target: target.id, targetHandle })
    const input = freeInput(target, editor.graph.connections, fits)
    if (input) connectHandles(session, { node: nodeId, handle: id }, { node: target.id, handle: input })
    else tellWhyNot(nodeId, id, target)
  }

  const tellWhyNot = (source: string, sourceHandle: string, { id, data }: StepNode) => {
    const targetHandle = data.ports.inputs[0]?.name ?? NEW_INPUT
    const why = id === source ? null : reasonAgainst({ source, sourceHandle, target: id, targetHandle })
    if (why) toast(why, { icon: "warn" })
  }

  const onSelectionEnd = () => {
    const box = boxed.current
    boxed.current = null
    if (!box || !canvas.current) return
    const [x, y, zoom] = flow.getState().transform
    const view = viewOf({ x, y, zoom }, { width: 0, height: 0 })
    const area = {
      x: view.x + box.x / zoom,
      y: view.y + box.y / zoom,
      width: box.width / zoom,
      height: box.height / zoom,
    }
    editor.select({ nodes: canvas.current.idsIn(area), connections: new Set() })
  }

  const onDrop = (event: DragEvent) => {
    const type = session.nodeTypes.get(event.dataTransfer.getData(DRAG_TYPE))
    if (!type || !editable) return
    event.preventDefault()
    const at = screenToFlowPosition({ x: event.clientX, y: event.clientY })
    dropStore.setState({ frame: null })
    addStep(session, type, at, frameUnder(session, at))
  }

  const onDragOver = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes(DRAG_TYPE)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = "copy"
    const at = screenToFlowPosition({ x: event.clientX, y: event.clientY })
    dropStore.setState({ frame: frameUnder(session, at) })
  }

  const classes = [
    "canvas",
    `tool-${tool}`,
    nodes.length <= SHOWN_LIVELY ? "lively" : "",
    gesture ? "is-moving" : "",
  ]
  const [active] = editor.selection.nodes
  return (
    <CanvasContext value={context}>
      {/* The canvas is one stop of the Tab key; arrows move inside, the outline lists the same steps. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        id="canvas"
        className={classes.filter(Boolean).join(" ")}
        role="application"
        aria-label="Canvas. Arrow keys go along the wires, Enter opens a step, O opens the outline."
        aria-activedescendant={active ? `step-${active}` : undefined}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onKeyDown={onKeyDown}
        onDragOver={onDragOver}
        onDragLeave={() => dropStore.setState({ frame: null })}
        onDrop={onDrop}
      >
        <LodFlow
          handle={(made: CanvasHandle | null) => {
            canvas.current = made
            if (typeof handle === "function") handle(made)
            else if (handle) handle.current = made
          }}
          nodes={nodes}
          edges={edges}
          statuses={session.statuses}
          firstView="readable"
          beside={lane?.bounds}
          onPaneClick={() => session.ui.setState({ trigger: null })}
          onNodesChange={onNodesChange}
          onEdgesChange={onEdgesChange}
          onNodeDragStop={drag.end}
          onSelectionDragStop={drag.end}
          onNodeContextMenu={(event, node) => {
            event.preventDefault()
            if (!editor.selection.nodes.has(node.id)) selectStep(session, node.id)
            session.ui.setState({ menu: { node: node.id, x: event.clientX, y: event.clientY } })
          }}
          onNodeClick={() => session.ui.setState({ inspectorOpen: true })}
          onNodeDoubleClick={() => session.ui.setState({ inspectorOpen: true, tab: "config" })}
          onConnect={onConnect}
          onConnectEnd={onConnectEnd}
          isValidConnection={(wire) => reasonAgainst(wire) === null}
          connectionLineComponent={DrawnWire}
          connectionRadius={24}
          onSelectionEnd={onSelectionEnd}
          nodesDraggable={editable}
          nodesConnectable={editable}
          selectionOnDrag={tool === "select"}
          panOnDrag={tool === "pan" ? [0, 1, 2] : [1, 2]}
          panActivationKeyCode="Space"
          selectionKeyCode={null}
          multiSelectionKeyCode={["Shift", "Meta", "Control"]}
          panOnScroll
          zoomActivationKeyCode={["Meta", "Control"]}
          snapToGrid
          snapGrid={[GRID / 2, GRID / 2]}
          selectNodesOnDrag
        >
          <DotGrid />
          {lane && (
            <Suspense>
              <TriggerLane triggers={triggers} lane={lane} />
            </Suspense>
          )}
        </LodFlow>
      </div>
    </CanvasContext>
  )
}
