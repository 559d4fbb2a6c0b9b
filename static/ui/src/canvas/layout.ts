/** Where a step's parts lie. One rule for the card, its handles, the wires, the overview and the minimap. */
import { NEW_INPUT, type Port, type Ports } from "./ports"

export const CARD_WIDTH = 156
export const HEADER = 46
export const FOOTER = 24
export const ROW = 20
const BORDER = 1
const ROWS_END = 4

export interface PlacedPort extends Port {
  /** Centre, from the card's outer top edge. */
  y: number
  row: number | null
}

export interface CardLayout {
  width: number
  height: number
  rows: number
  inputs: readonly PlacedPort[]
  outputs: readonly PlacedPort[]
}

const MAX_UNNAMED = 2

export function layoutOf(ports: Ports): CardLayout {
  const inputRows = ports.inputs.length > MAX_UNNAMED ? ports.inputs.length : 0
  const outputRows = ports.namedOutputs ? ports.outputs.length : 0
  const rows = Math.max(inputRows, outputRows)
  const height = 2 * BORDER + HEADER + (rows ? rows * ROW + ROWS_END : 0) + FOOTER
  return {
    width: CARD_WIDTH,
    height,
    rows,
    inputs: place(ports.inputs, inputRows > 0, rows, height),
    outputs: place(ports.outputs, outputRows > 0, rows, height),
  }
}

function place(ports: readonly Port[], named: boolean, rows: number, height: number): PlacedPort[] {
  if (named) {
    return ports.map((port, row) => ({ ...port, row, y: BORDER + HEADER + row * ROW + ROW / 2 }))
  }
  const middle = rows ? Math.round(height / 2) : BORDER + 36
  const gap = 20
  return ports.map((port, at) => ({ ...port, row: null, y: middle + (at - (ports.length - 1) / 2) * gap }))
}

/** What takes a wire on a step that takes any name: the wire makes the input. */
export const NEW_PORT_ROW = {
  name: NEW_INPUT,
  type: "any",
  label: "a new input",
  required: false,
  multiple: true,
} as const satisfies Port

/** Where a wire ends on a step that takes any name and has no input yet. */
export const OPEN_PORT: PlacedPort = { ...NEW_PORT_ROW, y: BORDER + 36, row: null }
