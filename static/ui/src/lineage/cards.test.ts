import { expect, test } from "vitest"
import { cardsOf, CARD_WIDTH, FEW, neighbour, rowMiddle, viewAround, wiresOf } from "./cards"
import { keyOf } from "./trace"
import { LENDING } from "./trace.fixture"
import type { LineageGraph } from "./types"

const NONE: ReadonlySet<string> = new Set()
const PLACES = new Map([
  ["bur", { x: 0, y: 0 }],
  ["crm", { x: 0, y: 236 }],
  ["val", { x: 266, y: 216 }],
  ["sco", { x: 532, y: 76 }],
  ["dwh", { x: 798, y: 0 }],
  ["rep", { x: 798, y: 264 }],
])

const wide: LineageGraph = {
  ...LENDING,
  nodes: LENDING.nodes.map((node) =>
    node.id === "crm"
      ? {
          ...node,
          columns: Array.from({ length: 30 }, (_, at) => ({
            name: at === 25 ? "income" : at === 29 ? "customer_id" : `c${at}`,
            type: "text",
            masked: null,
          })),
        }
      : node,
  ),
}

test("a card of many columns shows those with wires and folds the rest", () => {
  const crm = cardsOf(wide, NONE, NONE).find(({ node }) => node.id === "crm")!

  expect(crm.columns).toHaveLength(FEW)
  expect(crm.columns.map(({ name }) => name)).toEqual(expect.arrayContaining(["income", "customer_id"]))
  expect(crm.hidden).toBe(30 - FEW)
})

test("what is asked for is shown though it has no wire, and all where the card was opened", () => {
  const wanted = new Set([keyOf({ node: "crm", column: "c20" })])
  const names = cardsOf(wide, NONE, wanted)[0]!.columns.map(({ name }) => name)

  expect(names).toContain("c20")
  expect(cardsOf(wide, new Set(["crm"]), NONE)[0]!.columns).toHaveLength(30)
})

test("wires go from the row of a column to the row of the next", () => {
  const cards = cardsOf(LENDING, NONE, NONE)
  const [first] = wiresOf(LENDING, cards, PLACES)

  expect(first?.d).toContain(`M${CARD_WIDTH} ${236 + rowMiddle(cards[0]!, "income")}`)
  expect(wiresOf(LENDING, cards, PLACES)).toHaveLength(LENDING.edges.length)
})

test("a wire of a folded column ends at the fold, and one of a whole card at its head", () => {
  const cards = cardsOf(wide, NONE, NONE)
  const crm = cards.find(({ node }) => node.id === "crm")!

  expect(rowMiddle(crm, "c20")).toBe(rowMiddle(crm, crm.columns.at(-1)!.name) + 28)
  expect(rowMiddle(crm, null)).toBeLessThan(rowMiddle(crm, crm.columns[0]!.name))
})

test("arrow keys go along rows, wires and columns of cards", () => {
  const cards = cardsOf(LENDING, NONE, NONE)
  const go = (node: string, column: string | null, key: Parameters<typeof neighbour>[4]) =>
    neighbour(LENDING, cards, PLACES, { node, column }, key)

  expect(go("sco", null, "ArrowDown")).toEqual({ node: "sco", column: "ratio" })
  expect(go("sco", "score", "ArrowRight")).toEqual({ node: "dwh", column: "score" })
  expect(go("sco", "score", "ArrowLeft")).toEqual({ node: "bur", column: "late_12m" })
  expect(go("bur", "searches", "ArrowDown")).toEqual({ node: "crm", column: null })
  expect(go("crm", null, "ArrowUp")).toEqual({ node: "bur", column: "searches" })
  expect(go("crm", "postcode", "ArrowRight")).toEqual({ node: "val", column: null })
  expect(go("bur", null, "ArrowUp")).toBeNull()
})

test("the view around a place at the end of a graph has the graph beside it, not emptiness", () => {
  const pane = { width: 1000, height: 600 }
  const all = { x: 0, y: 0, width: 4000, height: 200 }
  const at = (x: number) => viewAround({ x, y: 0, width: 200, height: 200 }, all, pane, 1)

  expect(at(3800).x).toBe(1000 - 24 - 4000)
  expect(at(0).x).toBe(24)
  expect(at(2000).x).toBe(500 - 2100)
  expect(at(0).y).toBe(200)
})
