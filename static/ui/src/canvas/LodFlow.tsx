import { ReactFlow, useReactFlow, useStoreApi, ViewportPortal, type ReactFlowProps } from "@xyflow/react"
import { useEffect, useImperativeHandle, useMemo, useRef, useState, type ReactNode, type Ref } from "react"
import { useTheme } from "../shared/hooks/useTheme"
import type { StatusSource } from "../shared/live/statusStore"
import { Director, NOTHING, type Pane } from "./director"
import type { StepNode, WireEdge } from "./flow"
import { FrameCard } from "./FrameCard"
import { boundsOf, fitting, MAX_ZOOM, MIN_ZOOM, opening, viewOf, type Point, type Rect } from "./geometry"
import { boxed, GraphIndex, hitAt, rectOf } from "./GraphIndex"
import { readPalette, type Palette } from "./palette"
import { StepCard } from "./StepCard"
import { Wire } from "./Wire"
import "./canvas.css"

/** What others may ask of a canvas. Works on the whole graph, not on the part that is mounted. */
export interface CanvasHandle {
  fit: () => void
  /** Shows these steps, all in view. */
  fitTo: (ids: Iterable<string>) => void
  /** Brings a step to the middle without zooming out. */
  reveal: (id: string) => void
  /** The same, only when the step is not in view already. */
  revealIfHidden: (id: string) => void
  zoomIn: () => void
  zoomOut: () => void
  /** What a box drawn around this area selects: steps that it touches, frames that it holds. */
  idsIn: (area: Rect) => ReadonlySet<string>
  /** The middle of what is in view. */
  center: () => Point
}

type Flow = Omit<ReactFlowProps<StepNode, WireEdge>, "nodes" | "edges" | "children" | "onPaneClick">

interface Props extends Flow {
  nodes: readonly StepNode[]
  edges: readonly WireEdge[]
  statuses: StatusSource
  /** All of the graph, or its beginning where all of it could not be read. */
  firstView?: "all" | "readable"
  /** What stands beside the steps and is to be in view with them. */
  beside?: Rect
  handle?: Ref<CanvasHandle>
  onPaneClick?: (event: React.MouseEvent) => void
  children?: ReactNode
}

const NODE_TYPES = { step: StepCard, frame: FrameCard }
const EDGE_TYPES = { wire: Wire }
const GLIDE = { duration: 260 }

// Kept by identity: the library skips nodes whose object did not change.
const twins = new WeakMap<StepNode, StepNode>()
function hiddenTwin(node: StepNode | undefined): StepNode[] {
  if (!node) return []
  const twin = twins.get(node) ?? { ...node, hidden: true }
  twins.set(node, twin)
  return [twin]
}

/**
 * The canvas with a level of detail. React Flow owns pan and zoom and gets only a window of the graph; a 2D canvas
 * below is the floor, alone when zoomed out. So no frame pays for thousands of mounts. Needs a `ReactFlowProvider`.
 */
export function LodFlow({
  nodes,
  edges,
  statuses,
  firstView = "all",
  beside,
  handle,
  onPaneClick,
  children,
  ...flow
}: Props) {
  const api = useStoreApi<StepNode, WireEdge>()
  const { setCenter, setViewport, screenToFlowPosition } = useReactFlow()
  const theme = useTheme((state) => state.theme)
  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null) // state, not a ref: the portal mounts it after our first effect
  const [index] = useState(() => new GraphIndex<StepNode, WireEdge>())
  const [shown, setShown] = useState(NOTHING)
  const director = useRef<Director>(null)
  const palette = useRef<Palette>(null)
  const bounds = useMemo(() => {
    index.sync(nodes, edges)
    return boundsOf([...nodes.map(rectOf), ...(beside ? [beside] : [])])
  }, [index, nodes, edges, beside])

  useEffect(() => {
    if (!canvas) return
    const made = new Director({
      pane: paneOf(api),
      canvas,
      index,
      scene: () => ({
        index,
        palette: (palette.current ??= readPalette(canvas)),
        titled: true,
        statusOf: (id) => statuses.get(id)?.status,
      }),
      subscribeStatuses: (notice) => statuses.subscribeBatch(notice),
      setShown,
      firstView: firstView === "all" ? fitting : opening,
    })
    director.current = made
    return () => {
      director.current = null
      made.stop()
    }
  }, [api, canvas, index, statuses, firstView])

  // The view stays where it is when the colours change.
  useEffect(() => {
    palette.current = null
    director.current?.repaint()
  }, [theme])

  // Not for each mouse move of a drag: its end, with `dragging` false, comes here too.
  useEffect(() => {
    if (!nodes.some((node) => node.dragging)) director.current?.structureChanged(bounds)
  }, [bounds, nodes, canvas, statuses])

  useImperativeHandle(handle, () => {
    const size = () => ({ width: api.getState().width, height: api.getState().height })
    const show = (rects: Rect[]) => void setViewport(fitting(boundsOf(rects), size()), GLIDE)
    const zoomBy = (factor: number) => {
      const { width, height, transform } = api.getState()
      const at = screenCenter(transform, width, height)
      const zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, transform[2] * factor))
      void setCenter(at.x, at.y, { zoom, duration: 160 })
    }
    const reveal = (id: string) => {
      const [rect] = index.rects([id])
      const zoom = Math.max(0.75, api.getState().transform[2])
      if (rect) void setCenter(rect.x + rect.width / 2, rect.y + rect.height / 2, { zoom, ...GLIDE })
    }
    const isInView = (id: string) => {
      const [rect] = index.rects([id])
      const { width, height, transform } = api.getState()
      const [left, top, zoom] = transform
      if (!rect) return true
      const x = rect.x * zoom + left
      const y = rect.y * zoom + top
      return x >= 0 && y >= 0 && x + rect.width * zoom <= width && y + rect.height * zoom <= height
    }
    return {
      fit: () => show([...[...index.nodes.values()].map(rectOf), ...(beside ? [beside] : [])]),
      fitTo: (ids) => show(index.rects(ids)),
      reveal,
      revealIfHidden: (id) => {
        if (!isInView(id)) reveal(id)
      },
      zoomIn: () => zoomBy(1.25),
      zoomOut: () => zoomBy(1 / 1.25),
      idsIn: (area) => boxed(index, area),
      center: () => {
        const { width, height, transform } = api.getState()
        return screenCenter(transform, width, height)
      },
    }
  }, [api, index, beside, setCenter, setViewport])

  const selected = useMemo(() => nodes.flatMap((node) => (node.selected ? [node.id] : [])), [nodes])
  const mounted = useMemo(() => {
    const away = new Set<string>()
    // An edge needs both ends in the library's store, a group drag all selected steps. Hidden, they cost no component.
    for (const id of shown.edges) {
      const edge = index.edges.get(id)
      if (edge) away.add(edge.source).add(edge.target)
    }
    if (shown.nodes.size) for (const id of selected) away.add(id)
    const near = [...shown.nodes].flatMap((id) => index.nodes.get(id) ?? [])
    return near.concat(
      [...away].flatMap((id) => (shown.nodes.has(id) ? [] : hiddenTwin(index.nodes.get(id)))),
    )
    // `edges` is read through the index, which `bounds` brought up to date
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [shown, nodes, selected, edges, index])
  const current = useMemo(
    () => [...shown.edges].flatMap((id) => index.edges.get(id) ?? []),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [edges, shown, index],
  )

  const clickPane = (event: React.MouseEvent) => {
    if (!director.current?.inOverview) {
      onPaneClick?.(event)
      return
    }
    const at = screenToFlowPosition({ x: event.clientX, y: event.clientY })
    const target = hitAt(index, at) ?? { ...at, width: 0, height: 0 }
    void setCenter(target.x + target.width / 2, target.y + target.height / 2, { zoom: 1, ...GLIDE })
  }

  return (
    <ReactFlow<StepNode, WireEdge>
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      minZoom={MIN_ZOOM}
      maxZoom={MAX_ZOOM}
      zoomOnDoubleClick={false}
      deleteKeyCode={null}
      nodesFocusable={false}
      edgesFocusable={false}
      disableKeyboardA11y
      elevateNodesOnSelect={false}
      proOptions={{ hideAttribution: true }}
      {...flow}
      nodes={mounted}
      edges={current}
      onlyRenderVisibleElements
      onPaneClick={clickPane}
    >
      <ViewportPortal>
        {/* In the viewport's own transform: panning and zooming move the bitmap with no work of ours. */}
        <canvas
          ref={setCanvas}
          className="floor"
          role="img"
          aria-label="Overview of the workflow; the outline lists its steps"
        />
      </ViewportPortal>
      {children}
    </ReactFlow>
  )
}

function screenCenter([x, y, zoom]: readonly [number, number, number], width: number, height: number): Point {
  const view = viewOf({ x, y, zoom }, { width, height })
  return { x: view.x + view.width / 2, y: view.y + view.height / 2 }
}

function paneOf(api: ReturnType<typeof useStoreApi<StepNode, WireEdge>>): Pane {
  return {
    read: () => {
      const { transform, width, height, connection } = api.getState()
      return {
        x: transform[0],
        y: transform[1],
        zoom: transform[2],
        width,
        height,
        connecting: connection.inProgress,
      }
    },
    subscribe: (notice) => {
      let [transform, width, height] = [api.getState().transform, 0, 0]
      return api.subscribe((state) => {
        if (state.transform === transform && state.width === width && state.height === height) return
        ;({ transform, width, height } = state)
        notice()
      })
    },
    moveTo: (viewport) => {
      const { panZoom } = api.getState()
      void panZoom?.setViewport(viewport)
    },
  }
}
