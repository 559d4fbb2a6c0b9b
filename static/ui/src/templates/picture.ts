/** A template as a small picture: a tile a step, in the columns and rows in which its cards stand. Pure. */

export interface PicturedStep {
  readonly id: string
  readonly position: readonly number[]
}

export interface PicturedWire {
  readonly source: string
  readonly target: string
  readonly kind: string
}

export interface Place {
  readonly id: string
  readonly x: number
  readonly y: number
}

export interface Line {
  readonly d: string
  readonly isError: boolean
}

export interface Picture {
  readonly width: number
  readonly height: number
  readonly places: readonly Place[]
  readonly lines: readonly Line[]
}

export const TILE = 30
const STEP_X = 54
const STEP_Y = 44
const EDGE = 8

function ranks(values: readonly number[]): ReadonlyMap<number, number> {
  return new Map([...new Set(values)].sort((a, b) => a - b).map((value, rank) => [value, rank]))
}

export function pictureOf(steps: readonly PicturedStep[], wires: readonly PicturedWire[]): Picture {
  const columns = ranks(steps.map((step) => step.position[0] ?? 0))
  const rows = ranks(steps.map((step) => step.position[1] ?? 0))
  const places = steps.map((step) => ({
    id: step.id,
    x: EDGE + (columns.get(step.position[0] ?? 0) ?? 0) * STEP_X,
    y: EDGE + (rows.get(step.position[1] ?? 0) ?? 0) * STEP_Y,
  }))
  const known = new Map(places.map((place) => [place.id, place]))
  return {
    width: 2 * EDGE + (Math.max(1, columns.size) - 1) * STEP_X + TILE,
    height: 2 * EDGE + (Math.max(1, rows.size) - 1) * STEP_Y + TILE,
    places,
    lines: wires.flatMap((wire) => {
      const [from, to] = [known.get(wire.source), known.get(wire.target)]
      return from && to ? [{ d: lineOf(from, to), isError: wire.kind === "error" }] : []
    }),
  }
}

function lineOf(from: Place, to: Place): string {
  const [x1, y1] = [from.x + TILE, from.y + TILE / 2]
  const [x2, y2] = [to.x, to.y + TILE / 2]
  const reach = Math.max(8, (x2 - x1) / 2)
  return `M${x1} ${y1}C${x1 + reach} ${y1} ${x2 - reach} ${y2} ${x2} ${y2}`
}
