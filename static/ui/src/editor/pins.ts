/** Pinned outputs: what a step gives instead of running. */
import type { NodeDocument, NodeRun } from "../api/types"
import { bytes } from "../shared/format"
import { isTerminal } from "../shared/status"
import { toast } from "../shared/toast"
import { readRunNode, readWholeOutputs } from "./api"
import { setOption } from "./commands"
import type { EditorSession } from "./EditorSession"

export type Pin = Readonly<Record<string, unknown>>

/** The draft is saved with every change: larger pins would make that slow. */
const MOST_BYTES = 1024 * 1024

/** Why the last output of a step can't be pinned; null when it can. */
export function whyNoPin(session: EditorSession, node: NodeDocument, mayRead: boolean): string | null {
  const { shown } = session.live.store.getState()
  if (!session.editable) return "Your role may not change this workflow."
  if (!mayRead) return "Your role may not see what went through a run."
  if (!shown) return "There is no result yet. Run to it first."
  const state = session.live.statuses.get(session.statuses.pathOf(node.id))
  if (state?.status === "succeeded") return null
  if (state && !isTerminal(state.status)) return `Run ${shown.number} has not come through it yet.`
  return `It has no result in run ${shown.number}. Run to it first.`
}

/** Pins what the step gave in the run that is shown; in a frame, in the iteration that is shown. */
export async function pinLast(session: EditorSession, node: string): Promise<void> {
  const { shown } = session.live.store.getState()
  if (!shown) return
  const path = session.statuses.pathOf(node)
  try {
    const detail = await readRunNode(shown.id, path)
    const outputs = await wholeOutputs(shown.id, path, detail)
    if (!outputs) return
    session.editor.apply("pin the output", setOption(node, "pin", outputs))
    const { step } = session.editor.store.getState()
    toast(`“${session.titleOf(node)}” gives what it gave in run ${shown.number}, without running.`, {
      icon: "pin",
      action: {
        label: "Undo",
        run: () => session.editor.store.getState().step === step && session.editor.undo(),
      },
    })
  } catch (reason) {
    toast(reason instanceof Error ? reason.message : "The output could not be read.", { icon: "warn" })
  }
}

async function wholeOutputs(run: string, path: string, detail: NodeRun): Promise<Pin | null> {
  if (detail.denied.outputs || detail.outputs_masked.length > 0) {
    toast("You see this output masked. Pinned as you see it, the steps behind would run on masked values.", {
      icon: "eyeoff",
    })
    return null
  }
  const size = detail.outputs_info?.bytes ?? 0
  if (size > MOST_BYTES) {
    toast(`The output has ${bytes(size)}; at most ${bytes(MOST_BYTES)} can be pinned.`, { icon: "warn" })
    return null
  }
  if (detail.outputs_info?.truncated) return readWholeOutputs(run, path)
  return detail.outputs ?? null
}

export function unpin(session: EditorSession, node: string): void {
  session.editor.apply("unpin", setOption(node, "pin", null))
}

/** What the key does: takes the pin away, or pins the last output, or says why that can't be. */
export function togglePin(session: EditorSession, node: NodeDocument, mayRead: boolean): void {
  const refusal = node.options?.pin && session.editable ? null : whyNoPin(session, node, mayRead)
  if (refusal) toast(refusal, { icon: "pin" })
  else if (node.options?.pin) unpin(session, node.id)
  else void pinLast(session, node.id)
}
