import { useReactFlow, useStoreApi } from "@xyflow/react"
import { useEffect, useMemo, useRef, useState, type PointerEvent } from "react"
import { useTheme } from "../shared/hooks/useTheme"
import type { StatusSource } from "../shared/live/statusStore"
import type { StepNode, WireEdge } from "./flow"
import { boundsOf, fitting, grow, intersection, viewOf, type Viewport } from "./geometry"
import { GraphIndex, rectOf } from "./GraphIndex"
import { paint } from "./overview"
import { readPalette } from "./palette"

interface Props {
  nodes: readonly StepNode[]
  edges: readonly WireEdge[]
  statuses: StatusSource
  height?: number
}

const PADDING = 6
const MIN_FRAME = 8

/** The whole graph, small. Press or drag to go there. Decoration for the pointer: the outline is its accessible twin. */
export function Minimap({ nodes, edges, statuses, height = 118 }: Props) {
  const { setCenter } = useReactFlow()
  const canvas = useRef<HTMLCanvasElement>(null)
  const [width, setWidth] = useState(184)
  const theme = useTheme((state) => state.theme)
  const bounds = useMemo(() => grow(boundsOf(nodes.map(rectOf)), 40, 40), [nodes])
  const view = useMemo(() => fitting(bounds, { width, height }, PADDING, 1), [bounds, width, height])

  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const index = new GraphIndex<StepNode, WireEdge>()
    index.sync(nodes, edges)
    const draw = () => {
      const palette = readPalette(element)
      const area = viewOf(view, { width, height })
      const scene = { index, palette, titled: false, statusOf: (id: string) => statuses.get(id)?.status }
      paint(element, scene, area, view.zoom, Math.min(2, devicePixelRatio))
    }
    let frame = requestAnimationFrame(draw)
    const leave = statuses.subscribeBatch(() => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(draw)
    })
    return () => {
      cancelAnimationFrame(frame)
      leave()
    }
  }, [nodes, edges, statuses, view, width, height, theme])

  useEffect(() => {
    const box = canvas.current?.parentElement
    if (!box) return
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.round(entry.contentRect.width)))
    observer.observe(box)
    return () => observer.disconnect()
  }, [])

  const go = (event: PointerEvent<HTMLElement>) => {
    if (event.buttons === 0) return
    const box = event.currentTarget.getBoundingClientRect()
    const at = {
      x: (event.clientX - box.x - view.x) / view.zoom,
      y: (event.clientY - box.y - view.y) / view.zoom,
    }
    void setCenter(at.x, at.y, { zoom: undefined, duration: event.type === "pointerdown" ? 160 : 0 })
  }

  return (
    <div className="minimap" style={{ height }} aria-hidden="true" onPointerDown={go} onPointerMove={go}>
      <canvas ref={canvas} style={{ width, height }} />
      {nodes.length > 0 && <ViewFrame view={view} size={{ width, height }} />}
    </div>
  )
}

/** The part that the canvas shows. It follows the view outside React: a pan draws nothing else. */
function ViewFrame({ view, size }: { view: Viewport; size: { width: number; height: number } }) {
  const api = useStoreApi()
  const frame = useRef<HTMLElement>(null)
  const { width: across, height: down } = size
  useEffect(() => {
    const follow = () => {
      const { transform, width, height } = api.getState()
      if (!frame.current) return
      const { style } = frame.current
      style.visibility = width ? "visible" : "hidden" // the outline stands in the canvas's place
      const [x, y, zoom] = transform
      const shown = viewOf({ x, y, zoom }, { width, height })
      const box = intersection(
        {
          x: shown.x * view.zoom + view.x,
          y: shown.y * view.zoom + view.y,
          width: shown.width * view.zoom,
          height: shown.height * view.zoom,
        },
        { x: 0, y: 0, width: across, height: down },
      )
      style.translate = `${box.x}px ${box.y}px`
      style.width = `${Math.max(MIN_FRAME, box.width)}px`
      style.height = `${Math.max(MIN_FRAME, box.height)}px`
    }
    follow()
    return api.subscribe(follow)
  }, [api, view, across, down])
  return <i ref={frame} className="minimap-view" />
}
