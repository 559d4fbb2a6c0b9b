import { renderToStaticMarkup } from "react-dom/server"
import { expect, it } from "vitest"
import type { LogEntry } from "../api/types"
import { LogLines } from "./LogLines"

const LINES: LogEntry[] = [
  { pos: 1, at: "2026-11-23T10:00:00Z", node: "a", attempt: 1, level: "info", text: "first" },
  { pos: 2, at: "2026-11-23T10:00:01Z", node: "b", attempt: 1, level: "warning", text: "<b>careful</b>" },
]

it("names the node of each line where the lines are of several", () => {
  const html = renderToStaticMarkup(<LogLines lines={LINES} titleIn={(node) => `Node ${node}`} />)

  expect(html).toMatch(/info.*Node a.*first.*warn.*Node b/)
})

it("shows what an author printed as text, never as markup", () => {
  const html = renderToStaticMarkup(<LogLines lines={LINES} titleIn={null} />)

  expect(html).toContain("&lt;b&gt;careful&lt;/b&gt;")
  expect(html).not.toContain("Node b")
})
