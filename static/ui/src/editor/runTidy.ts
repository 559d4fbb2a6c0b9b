import type { StepNode } from "../canvas/flow"
import { moveNodes } from "./commands"
import type { EditorSession } from "./EditorSession"
import type { TidyRequest } from "./tidy"
import { tidyRequests } from "./tidyRequests"

type Positions = [string, [number, number]][]

const GLIDE_MS = 260

/** Lays out all steps, or those selected when there are several; one step to undo. Works in a worker. */
export async function runTidy(session: EditorSession, flow: readonly StepNode[]): Promise<void> {
  const { graph, selection } = session.editor
  const requests = tidyRequests(graph, flow, selection.nodes)
  const positions = await Promise.all(requests.map(inWorker))
  if (requests.length) await glide(session, positions.flat())
}

function inWorker(request: TidyRequest): Promise<Positions> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./tidy.worker.ts", import.meta.url), { type: "module" })
    worker.onmessage = (message: MessageEvent<Positions>) => {
      resolve(message.data)
      worker.terminate()
    }
    worker.onerror = (event) => {
      reject(new Error(event.message))
      worker.terminate()
    }
    worker.postMessage(request)
  })
}

/** Steps glide to their places; the history sees one move. */
async function glide(session: EditorSession, positions: Positions): Promise<void> {
  const { editor } = session
  const from = new Map(
    editor.graph.nodes.map((node) => [node.id, node.position ?? ([0, 0] as const)] as const),
  )
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches || positions.length > 300
  editor.beginGesture()
  if (!still) {
    const start = performance.now()
    for (let at = 0; at < 1;) {
      await new Promise(requestAnimationFrame)
      at = Math.min(1, (performance.now() - start) / GLIDE_MS)
      const eased = 1 - (1 - at) ** 3
      editor.preview(
        moveNodes(new Map(positions.map(([id, to]) => [id, between(from.get(id) ?? to, to, eased)]))),
      )
    }
  }
  editor.preview(moveNodes(new Map(positions)))
  editor.endGesture("tidy")
}

const between = (
  from: readonly [number, number],
  to: readonly [number, number],
  at: number,
): [number, number] => [from[0] + (to[0] - from[0]) * at, from[1] + (to[1] - from[1]) * at]
