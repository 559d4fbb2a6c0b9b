/** What a person pastes or drops to import: a graph document, or an export that carries one. */

import { jsonErrorOffset } from "./jsonOffset"

export interface ImportedWorkflow {
  readonly name: string
  readonly graph: Record<string, unknown>
}

export type ImportResult =
  | { readonly ok: true; readonly workflow: ImportedWorkflow }
  | { readonly ok: false; readonly message: string }

export const MAX_IMPORT_BYTES = 10 * 1024 * 1024

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** "line 3, column 14" of an offset in a text; both count from 1. */
export function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset)
  const line = before.split("\n").length
  return `line ${line}, column ${offset - before.lastIndexOf("\n")}`
}

function jsonProblem(text: string): string {
  const offset = jsonErrorOffset(text)
  if (offset >= text.trimEnd().length) return "This is not JSON: it ends too early."
  return `This is not JSON: it breaks at ${lineAndColumn(text, offset)}.`
}

/** "sales report.json" or "sales report.py" names a workflow "sales report". */
export function nameFromFile(file: string): string {
  return file.replace(/\.((workflow\.)?json|py)$/i, "").trim()
}

/** A script that builds a workflow, which the server reads without running it. */
export function isScript(text: string): boolean {
  return !/^\s*[[{]/.test(text) && text.includes("WorkflowBuilder")
}

/** Reads the text. The server has the last word on the graph; here only its outer shape is checked. */
export function readImport(text: string, fallbackName: string): ImportResult {
  if (text.trim() === "") return { ok: false, message: "There is nothing to import yet." }
  if (text.length > MAX_IMPORT_BYTES) {
    return { ok: false, message: "This is larger than 10 MB, more than a workflow document may be." }
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return { ok: false, message: jsonProblem(text) }
  }
  if (!isRecord(parsed))
    return { ok: false, message: "A workflow document is a JSON object with a list “nodes”." }
  const graph = isRecord(parsed.graph) ? parsed.graph : parsed
  if (!Array.isArray(graph.nodes)) {
    return { ok: false, message: "There is no list “nodes” in this document, so it is not a workflow." }
  }
  const name = typeof parsed.name === "string" && parsed.name.trim() ? parsed.name.trim() : fallbackName
  return { ok: true, workflow: { name: name || "Imported workflow", graph } }
}
