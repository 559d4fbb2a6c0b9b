/** Decides once a frame, outside React, what is mounted and whether the floor is painted again. */
import { grow, holds, viewOf, type Rect, type Viewport } from "./geometry"
import type { StepNode, WireEdge } from "./flow"
import type { GraphIndex } from "./GraphIndex"
import { approach, nextMode, type Mode } from "./lod"
import { paint, paintBoxes, paintedAreaFor, type Scene } from "./overview"

const NODES_A_FRAME = 16
const EDGES_A_FRAME = 32
const UNMOUNTS_A_FRAME = 64
const CHEAP_PAINT_MS = 6
const SETTLE_MS = 120
const MAX_DPR = 2

export interface Shown {
  nodes: ReadonlySet<string>
  edges: ReadonlySet<string>
}

export const NOTHING: Shown = { nodes: new Set(), edges: new Set() }

/** What the director reads of the canvas library, and how it moves the view. */
export interface Pane {
  read: () => Viewport & { width: number; height: number; connecting: boolean }
  subscribe: (notice: () => void) => () => void
  moveTo: (viewport: Viewport) => void
}

interface Stage {
  pane: Pane
  canvas: HTMLCanvasElement
  index: GraphIndex<StepNode, WireEdge>
  scene: () => Scene
  subscribeStatuses: (notice: (touched: ReadonlySet<string>) => void) => () => void
  setShown: (shown: Shown) => void
  /** Where the view stands when the graph is first drawn. */
  firstView: (content: Rect, pane: { width: number; height: number }) => Viewport
}

export class Director {
  private mode: Mode = "overview"
  private content: Rect = { x: 0, y: 0, width: 1, height: 1 }
  private placed = false
  private frame = 0
  private settle: ReturnType<typeof setTimeout> | undefined
  private shown = NOTHING
  private held: Rect | null = null
  private wantNodes: ReadonlySet<string> = NOTHING.nodes
  private wantEdges: ReadonlySet<string> = NOTHING.edges
  private painted: { area: Rect; zoom: number; cost: number } | null = null
  private floorShown = true
  private readonly leave: (() => void)[]

  constructor(private readonly stage: Stage) {
    this.leave = [
      stage.pane.subscribe(() => this.schedule()),
      stage.subscribeStatuses((touched) => this.statusesChanged(touched)),
    ]
  }

  get inOverview(): boolean {
    return this.mode === "overview"
  }

  stop(): void {
    for (const end of this.leave) end()
    cancelAnimationFrame(this.frame)
    clearTimeout(this.settle)
  }

  /** Steps or wires came, went or moved. */
  structureChanged(bounds: Rect): void {
    this.content = bounds
    this.held = null
    this.painted = null
    this.schedule()
  }

  /** Colours changed, or what is selected. */
  repaint(): void {
    this.painted = null
    this.schedule()
  }

  private schedule(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0
      this.step()
    })
  }

  private step(): void {
    const { index, pane } = this.stage
    const { width, height, zoom, connecting, ...at } = pane.read()
    if (!width || !height) return
    if (!this.placed) {
      this.placed = true // an empty canvas stays where it is: its first step must not make it jump
      if (index.nodes.size) pane.moveTo(this.stage.firstView(this.content, { width, height }))
      this.schedule()
      return
    }
    const view = viewOf({ ...at, zoom }, { width, height })
    const inView = index.query(view)
    if (!connecting) this.mode = nextMode(this.mode, zoom, inView.size) // unmounting the source would break a wire being drawn
    this.aim(view, inView)
    const bare = this.advance(inView)
    if (this.inOverview || bare) this.floor(view, zoom)
    else if (this.floorShown) this.hideFloor()
    const reached = this.shown.nodes === this.wantNodes && this.shown.edges === this.wantEdges
    if (bare || !reached) this.schedule() // the floor goes a frame after the last component came
  }

  private aim(view: Rect, inView: ReadonlySet<string>): void {
    if (this.inOverview) {
      this.held = null
      this.wantNodes = NOTHING.nodes
      this.wantEdges = NOTHING.edges
      return
    }
    if (this.held && holds(this.held, view) && this.held.width < 3 * view.width) return
    this.held = grow(view, view.width * 0.3, view.height * 0.3)
    this.wantNodes = new Set([...inView, ...this.stage.index.query(this.held)]) // in view first: `approach` adds in this order
    this.wantEdges = this.stage.index.edgesIn(this.held)
  }

  /** One frame's share of mounts. Returns whether the view still lacks components, so needs the floor. */
  private advance(inView: ReadonlySet<string>): boolean {
    if (this.shown.nodes === this.wantNodes && this.shown.edges === this.wantEdges) return false
    const { index, setShown } = this.stage
    // Only steps in view cost a mount; the margin is admitted with them at no charge.
    const free = this.wantNodes.size - inView.size
    const missing = [...inView].some((id) => this.wantNodes.has(id) && !this.shown.nodes.has(id))
    const adds = missing ? NODES_A_FRAME : NODES_A_FRAME + free
    const nodes = approach(this.shown.nodes, this.wantNodes, adds, UNMOUNTS_A_FRAME)
    const ready = [...this.wantEdges].filter((id) => {
      const edge = index.edges.get(id)
      return edge && [edge.source, edge.target].every((end) => nodes.has(end) || !this.wantNodes.has(end))
    })
    const aim = ready.length === this.wantEdges.size ? this.wantEdges : new Set(ready)
    this.shown = { nodes, edges: approach(this.shown.edges, aim, EDGES_A_FRAME, UNMOUNTS_A_FRAME) }
    setShown(this.shown)
    return missing
  }

  private hideFloor(): void {
    this.stage.canvas.style.visibility = "hidden"
    this.floorShown = false
  }

  private floor(view: Rect, zoom: number): void {
    if (!this.floorShown) {
      this.stage.canvas.style.visibility = "visible"
      this.floorShown = true
      this.painted = null
    }
    const need = paintedAreaFor(view, this.content)
    const painted = this.painted
    const ratio = painted ? zoom / painted.zoom : 0
    const core = grow(paintedAreaFor(grow(view, -view.width / 5, -view.height / 5), this.content), -1, -1)
    const inside = painted && holds(painted.area, core)
    if (inside && ratio === 1) return
    // While zooming, an expensive picture is stretched by the transform and painted sharp when the gesture rests.
    if (inside && painted.cost > CHEAP_PAINT_MS && ratio > 0.5 && ratio < 2) {
      clearTimeout(this.settle)
      this.settle = setTimeout(() => this.repaint(), SETTLE_MS)
      return
    }
    this.paintFloor(need, zoom)
  }

  private paintFloor(area: Rect, zoom: number): void {
    const { canvas, scene } = this.stage
    const start = performance.now()
    const dpr = Math.min(window.devicePixelRatio, MAX_DPR)
    paint(canvas, scene(), area, zoom, dpr)
    canvas.style.transform = `translate(${area.x}px,${area.y}px) scale(${1 / (zoom * dpr)})`
    this.painted = { area, zoom, cost: performance.now() - start }
  }

  private statusesChanged(touched: ReadonlySet<string>): void {
    const pen = this.stage.canvas.getContext("2d")
    if (this.floorShown && this.painted && pen)
      paintBoxes(pen, this.stage.scene(), touched, this.painted.zoom)
  }
}
