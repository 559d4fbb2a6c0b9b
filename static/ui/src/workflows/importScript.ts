import { readScript } from "../editor/api"
import type { ImportResult } from "./importDocument"

/** What a script draws, or the first thing that keeps it from being read. */
export async function readImportedScript(python: string): Promise<ImportResult> {
  const { graph, name, problems } = await readScript(python)
  const [problem] = problems
  if (graph && !problem) return { ok: true, workflow: { name: name || "Imported workflow", graph } }
  const place = problem?.line ? `Line ${problem.line}: ` : ""
  return { ok: false, message: `${place}${problem?.message ?? "This script cannot be read"}.` }
}
