/** The graph as it is drawn: cards with rows, and wires between rows. Pure. */
import { boundsOf, type Point, type Rect, type Viewport } from "../canvas/geometry"
import { dataPath } from "../canvas/wirePath"
import { keyOf, type At } from "./trace"
import type { GraphColumn, GraphEdge, GraphNode, LineageGraph } from "./types"

export const CARD_WIDTH = 216
const BORDER = 1
export const HEADER = 48
export const ROW = 28
const ROWS_PAD = 4
const MARGIN = 24
/** As many columns are shown before anybody asks for all of them. */
export const FEW = 7

export interface Card {
  readonly node: GraphNode
  readonly columns: readonly GraphColumn[]
  /** Columns that are folded away. */
  readonly hidden: number
  readonly height: number
}

/**
 * A card shows what has wires, filled up with the first columns that have none; the rest is folded away under one row.
 */
export function cardsOf(
  graph: LineageGraph,
  opened: ReadonlySet<string>,
  wanted: ReadonlySet<string>,
): Card[] {
  const wired = new Set<string>()
  for (const edge of graph.edges) {
    wired.add(keyOf({ node: edge.from, column: edge.from_column }))
    wired.add(keyOf({ node: edge.to, column: edge.to_column }))
  }
  return graph.nodes.map((node) => {
    const columns = opened.has(node.id) ? node.columns : fewOf(node, wired, wanted)
    const hidden = node.columns.length - columns.length
    const rows = columns.length + (hidden ? 1 : 0)
    const height = 2 * BORDER + HEADER + (rows ? BORDER + 2 * ROWS_PAD + rows * ROW : 0)
    return { node, columns, hidden, height }
  })
}

function fewOf(node: GraphNode, wired: ReadonlySet<string>, wanted: ReadonlySet<string>): GraphColumn[] {
  if (node.columns.length <= FEW + 1) return node.columns
  const key = ({ name }: GraphColumn) => keyOf({ node: node.id, column: name })
  const first = [
    ...node.columns.filter((column) => wanted.has(key(column))),
    ...node.columns.filter((column) => !wanted.has(key(column)) && wired.has(key(column))),
    ...node.columns.filter((column) => !wanted.has(key(column)) && !wired.has(key(column))),
  ]
  const must = node.columns.filter((column) => wanted.has(key(column))).length
  const kept = new Set(first.slice(0, Math.max(FEW, must)))
  return node.columns.filter((column) => kept.has(column))
}

export type Places = ReadonlyMap<string, Point>

export const rectOf = (card: Card, at: Point): Rect => ({ ...at, width: CARD_WIDTH, height: card.height })

export function boundsOfAll(cards: readonly Card[], places: Places): Rect {
  return boundsOf(
    cards.flatMap((card) => {
      const at = places.get(card.node.id)
      return at ? [rectOf(card, at)] : []
    }),
  )
}

/**
 * The view at a zoom with a place in its middle; moved so that no more is empty than has to be, for a place at the
 * end of a graph.
 */
export function viewAround(
  place: Rect,
  all: Rect,
  pane: { width: number; height: number },
  zoom: number,
): Viewport {
  const along = (at: number, size: number, from: number, length: number, room: number) => {
    const middle = room / 2 - (at + size / 2) * zoom
    const [first, last] = [MARGIN - from * zoom, room - MARGIN - (from + length) * zoom]
    return last > first ? (first + last) / 2 : Math.min(first, Math.max(last, middle))
  }
  return {
    zoom,
    x: along(place.x, place.width, all.x, all.width, pane.width),
    y: along(place.y, place.height, all.y, all.height, pane.height),
  }
}

/** How far down a card the middle of a column's row is; of the fold where it is folded away, of the head for a card. */
export function rowMiddle(card: Card, column: string | null): number {
  if (column === null) return BORDER + HEADER / 2
  const at = card.columns.findIndex(({ name }) => name === column)
  if (at < 0 && !card.hidden) return BORDER + HEADER / 2
  const row = at < 0 ? card.columns.length : at
  return BORDER + HEADER + BORDER + ROWS_PAD + row * ROW + ROW / 2
}

export interface DrawnWire {
  readonly at: number
  readonly edge: GraphEdge
  readonly d: string
}

/** Wires leave a card on its right and arrive on the left of the next. */
export function wiresOf(graph: LineageGraph, cards: readonly Card[], places: Places): DrawnWire[] {
  const byId = new Map(cards.map((card) => [card.node.id, card]))
  const drawn = new Set<string>()
  return graph.edges.flatMap((edge, at) => {
    const [from, to] = [byId.get(edge.from), byId.get(edge.to)]
    const [a, b] = [places.get(edge.from), places.get(edge.to)]
    if (!from || !to || !a || !b) return []
    const start = { x: a.x + CARD_WIDTH, y: a.y + rowMiddle(from, edge.from_column) }
    const end = { x: b.x, y: b.y + rowMiddle(to, edge.to_column) }
    const { d } = dataPath(start, end)
    const look = `${d} ${edge.tier}`
    // of several that lie on each other, as those of folded columns do, one is drawn
    if (drawn.has(look)) return []
    drawn.add(look)
    return [{ at, edge, d }]
  })
}

export type Arrow = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight"

/**
 * Where an arrow key leads: up and down along the rows of a card, and past its ends to the card above or below;
 * left and right along a wire, or to the nearest card on that side. Null where there is nothing.
 */
export function neighbour(
  graph: LineageGraph,
  cards: readonly Card[],
  places: Places,
  here: At,
  key: Arrow,
): At | null {
  const card = cards.find(({ node }) => node.id === here.node)
  const from = card && places.get(here.node)
  if (!card || !from) return null
  if (key === "ArrowUp" || key === "ArrowDown") {
    const rows: (string | null)[] = [null, ...card.columns.map(({ name }) => name)]
    const next = rows.indexOf(here.column) + (key === "ArrowDown" ? 1 : -1)
    const row = rows[next]
    if (row !== undefined) return { node: here.node, column: row }
    return beyond(cards, places, card, from, key)
  }
  const isRight = key === "ArrowRight"
  const wired = graph.edges.flatMap((edge) => {
    const [near, far] = isRight ? [edge.from, edge.to] : [edge.to, edge.from]
    const [nearColumn, farColumn] = isRight
      ? [edge.from_column, edge.to_column]
      : [edge.to_column, edge.from_column]
    const fits = near === here.node && (here.column === null || nearColumn === here.column)
    return fits ? [{ node: far, column: farColumn }] : []
  })
  return wired[0] ?? beside(cards, places, card, from, isRight)
}

function beyond(cards: readonly Card[], places: Places, card: Card, from: Point, key: Arrow): At | null {
  const isDown = key === "ArrowDown"
  const inColumn = cards
    .flatMap((other) => {
      const at = places.get(other.node.id)
      return at && other !== card && Math.abs(at.x - from.x) < CARD_WIDTH / 2 ? [{ other, at }] : []
    })
    .filter(({ at }) => (isDown ? at.y > from.y : at.y < from.y))
    .sort((a, b) => (isDown ? a.at.y - b.at.y : b.at.y - a.at.y))
  const [nearest] = inColumn
  if (!nearest) return null
  const column = isDown ? null : (nearest.other.columns.at(-1)?.name ?? null)
  return { node: nearest.other.node.id, column }
}

function beside(
  cards: readonly Card[],
  places: Places,
  card: Card,
  from: Point,
  isRight: boolean,
): At | null {
  const found = cards
    .flatMap((other) => {
      const at = places.get(other.node.id)
      return at && other !== card && (isRight ? at.x > from.x : at.x < from.x) ? [{ other, at }] : []
    })
    .sort((a, b) => distance(a.at, from) - distance(b.at, from))
  const [nearest] = found
  return nearest ? { node: nearest.other.node.id, column: null } : null
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y)
