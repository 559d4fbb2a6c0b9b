import { ReactFlow, ReactFlowProvider, useReactFlow, useStore, ViewportPortal } from "@xyflow/react"
import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type Ref,
} from "react"
import { DotGrid } from "../canvas/DotGrid"
import { fitting, MAX_ZOOM } from "../canvas/geometry"
import "../canvas/canvas.css"
import { usePlaces } from "./arrange"
import {
  boundsOfAll,
  CARD_WIDTH,
  cardsOf,
  neighbour,
  rectOf,
  viewAround,
  wiresOf,
  type Arrow,
  type Card,
  type Places,
} from "./cards"
import { GraphContext } from "./GraphContext"
import { LineageCard, type CardNode } from "./LineageCard"
import { keyOf, traceOf, wireCounts, type At } from "./trace"
import type { LineageGraph } from "./types"
import { WireLayer } from "./WireLayer"

export interface GraphHandle {
  fit: () => void
  zoomBy: (factor: number) => void
}

interface Props {
  graph: LineageGraph
  chosen: At | null
  onChoose: (at: At) => void
  ref?: Ref<GraphHandle>
}

const NODE_TYPES = { card: LineageCard }
const LEAST_ZOOM = 0.1
/** From here on all of a graph is shown at once. */
const FITTED_ZOOM = 0.5
const READABLE_ZOOM = 0.7
const GLIDE = { duration: 260 }

/** Cards of datasets and steps, and wires between their columns. To look at; arrow keys go along the wires. */
export function GraphView(props: Props) {
  return (
    <ReactFlowProvider>
      <Inner {...props} />
    </ReactFlowProvider>
  )
}

function Inner({ graph, chosen, onChoose, ref }: Props) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const trace = useMemo(() => (chosen?.column ? traceOf(graph, chosen) : null), [graph, chosen])
  const cards = useMemo(() => {
    const focus = graph.focus && keyOf({ node: graph.focus.id, column: graph.focus.column })
    const wanted = new Set([...(trace?.places ?? []), ...(focus ? [focus] : [])])
    return cardsOf(graph, opened, wanted)
  }, [graph, opened, trace])
  const places = usePlaces(graph, cards)
  const view = useView(graph, cards, places)
  useImperativeHandle(ref, () => ({ fit: view.fit, zoomBy: view.zoomBy }), [view])
  const roving = useRoving(graph, cards, places, chosen, view.reveal)
  const wireWords = useMemo(() => wireCounts(graph), [graph])
  const nodes = useMemo(
    () =>
      cards.flatMap((card): CardNode[] => {
        const position = places?.get(card.node.id)
        if (!position) return []
        const size = { width: CARD_WIDTH, height: card.height }
        const data = { card, wires: wireWords }
        return [{ id: card.node.id, type: "card", position, ...size, measured: size, data }]
      }),
    [cards, places, wireWords],
  )
  const open = useCallback((node: string) => setOpened((before) => new Set([...before, node])), [])
  const { stop, register, onFocus } = roving
  const state = useMemo(
    () => ({ chosen, trace, stop, choose: onChoose, open, register, onFocus }),
    [chosen, trace, stop, onChoose, open, register, onFocus],
  )
  const wires = useMemo(() => (places ? wiresOf(graph, cards, places) : []), [graph, cards, places])
  return (
    <GraphContext value={state}>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- arrow keys lead on */}
      <div
        className="canvas tool-pan lin-canvas"
        role="group"
        aria-label="Lineage graph. Arrow keys go along columns and wires."
        onKeyDown={roving.onKeyDown}
      >
        <ReactFlow<CardNode>
          nodes={nodes}
          edges={[]}
          nodeTypes={NODE_TYPES}
          minZoom={LEAST_ZOOM}
          maxZoom={MAX_ZOOM}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          elementsSelectable={false}
          zoomOnDoubleClick={false}
          deleteKeyCode={null}
          disableKeyboardA11y
          proOptions={{ hideAttribution: true }}
        >
          <ViewportPortal>
            <WireLayer wires={wires} hot={trace?.edges ?? null} />
          </ViewportPortal>
          <DotGrid />
        </ReactFlow>
      </div>
    </GraphContext>
  )
}

/** The view begins with all of a graph, or with what it is about where all of it could not be read. */
function useView(graph: LineageGraph, cards: readonly Card[], places: Places | null) {
  const { setViewport, setCenter, getViewport } = useReactFlow()
  const width = useStore((state) => state.width)
  const height = useStore((state) => state.height)
  const latest = useRef({ cards, places })
  useEffect(() => {
    latest.current = { cards, places }
  })
  const reveal = useCallback(
    (node: string) => {
      const card = latest.current.cards.find((one) => one.node.id === node)
      const at = latest.current.places?.get(node)
      if (!card || !at) return
      const { x, y, zoom } = getViewport()
      const rect = rectOf(card, at)
      const [left, top] = [rect.x * zoom + x, rect.y * zoom + y]
      const isInView =
        left >= 0 && top >= 0 && left + rect.width * zoom <= width && top + rect.height * zoom <= height
      if (!isInView)
        void setCenter(rect.x + rect.width / 2, rect.y + rect.height / 2, {
          zoom: Math.max(READABLE_ZOOM, zoom),
          ...GLIDE,
        })
    },
    [getViewport, setCenter, width, height],
  )
  const fitted = useCallback(() => {
    const { cards, places } = latest.current
    return places && width && cards.length
      ? fitting(boundsOfAll(cards, places), { width, height }, 24, 1)
      : null
  }, [width, height])
  const fit = useCallback(() => {
    const all = fitted()
    if (all) void setViewport(all, GLIDE)
  }, [fitted, setViewport])
  const zoomBy = useCallback(
    (factor: number) => {
      const { x, y, zoom } = getViewport()
      const next = Math.min(MAX_ZOOM, Math.max(LEAST_ZOOM, zoom * factor))
      const middle = { x: (width / 2 - x) / zoom, y: (height / 2 - y) / zoom }
      void setCenter(middle.x, middle.y, { zoom: next, duration: 160 })
    },
    [getViewport, setCenter, width, height],
  )
  const shown = useRef<LineageGraph | null>(null)
  useEffect(() => {
    const isPlaced = graph.nodes.every(({ id }) => places?.has(id))
    if (shown.current === graph || !isPlaced || !width || !places) return
    shown.current = graph
    const all = fitted()
    const focus = graph.focus && places.get(graph.focus.id)
    if (!all) return
    if (all.zoom >= FITTED_ZOOM || !focus) return void setViewport(all)
    const card = { ...focus, width: CARD_WIDTH, height: 200 }
    const pane = { width, height }
    void setViewport(viewAround(card, boundsOfAll(latest.current.cards, places), pane, READABLE_ZOOM))
  }, [graph, places, width, height, fitted, setViewport])
  return useMemo(() => ({ fit, zoomBy, reveal }), [fit, zoomBy, reveal])
}

const ARROWS = new Set(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"])

/** The graph is one stop of the Tab key; arrow keys move inside it. */
function useRoving(
  graph: LineageGraph,
  cards: readonly Card[],
  places: Places | null,
  chosen: At | null,
  reveal: (node: string) => void,
) {
  const [focused, setFocused] = useState<At | null>(null)
  const buttons = useRef(new Map<string, HTMLButtonElement>())
  const register = useCallback((key: string, button: HTMLButtonElement | null) => {
    if (button) buttons.current.set(key, button)
    else buttons.current.delete(key)
  }, [])
  const here = [focused, chosen].find((at) => at && isShown(cards, at)) ?? null
  const first = cards[0] ? { node: cards[0].node.id, column: null } : null
  const onKeyDown = (event: KeyboardEvent) => {
    if (!ARROWS.has(event.key) || !here || !places) return
    event.preventDefault()
    const next = neighbour(graph, cards, places, here, event.key as Arrow)
    if (!next) return
    setFocused(next)
    reveal(next.node)
    buttons.current.get(keyOf(next))?.focus({ preventScroll: true })
  }
  const stop = here ?? first
  return { stop: stop && keyOf(stop), register, onFocus: setFocused, onKeyDown }
}

function isShown(cards: readonly Card[], at: At): boolean {
  const card = cards.find(({ node }) => node.id === at.node)
  return Boolean(card && (at.column === null || card.columns.some(({ name }) => name === at.column)))
}
