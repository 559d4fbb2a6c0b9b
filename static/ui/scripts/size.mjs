// Checks what each page costs at its first visit, gzipped JavaScript and styles, fonts apart. Run after a build.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"

const dist = join(import.meta.dirname, "../../dist")
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"))

/** KiB, and the number of files; the code editor comes later, with the first code that is shown. */
const BUDGETS = {
  "src/workflows/WorkflowsPage.tsx": 230,
  "src/runs/RunsPage.tsx": 230,
  "src/datasets/DatasetsPage.tsx": 230,
  "src/account/AccountPage.tsx": 230,
  "src/editor/EditorPage.tsx": 300,
  "src/runs/RunPage.tsx": 300,
}

function needed(entry, found = new Set()) {
  if (found.has(entry)) return found
  found.add(entry)
  for (const other of manifest[entry].imports ?? []) needed(other, found)
  return found
}

function filesOf(page) {
  const chunks = [...needed("src/main.tsx"), ...needed(page)]
  return new Set(chunks.flatMap((chunk) => [manifest[chunk].file, ...(manifest[chunk].css ?? [])]))
}

let failed = false
for (const [page, budget] of Object.entries(BUDGETS)) {
  const files = [...filesOf(page)]
  const kib = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file))).length, 0) / 1024
  const over = kib > budget
  failed ||= over
  console.log(
    `${over ? "OVER" : "ok  "} ${kib.toFixed(1).padStart(6)} of ${budget} KiB, ${files.length} files  ${page}`,
  )
}
if (failed) process.exit(1)
