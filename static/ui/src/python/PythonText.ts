/** The workflow as a script that is edited beside the canvas. No React. */
import { createStore, type StoreApi } from "zustand"
import type { GraphDocument, ReadScript } from "../api/types"

export interface PythonState {
  text: string
  /** What the script says that cannot be drawn, or why it cannot be read. */
  read: Pick<ReadScript, "problems" | "locked"> | null
  /** `edited`: the server has not answered yet; `broken`: the canvas shows the last script that could be read. */
  phase: "loading" | "same" | "edited" | "broken" | "offline"
}

interface Peers {
  write: (graph: GraphDocument) => Promise<string>
  read: (python: string) => Promise<ReadScript>
  /** Shows a graph that was read; the workflow's history keeps the one before. */
  apply: (graph: GraphDocument) => GraphDocument
}

const QUIET_MS = 500

const NOTHING: PythonState = { text: "", read: null, phase: "loading" }

export class PythonText {
  readonly store: StoreApi<PythonState> = createStore<PythonState>(() => NOTHING)
  private timer: ReturnType<typeof setTimeout> | undefined
  private asked = 0
  private shown: GraphDocument | null = null

  constructor(private readonly peers: Peers) {}

  /** The canvas shows this graph. What it got from here stays as it is written. */
  follow(graph: GraphDocument): void {
    if (graph === this.shown) return
    const { phase } = this.store.getState()
    if (phase === "edited" || phase === "broken") return
    this.write(graph)
  }

  /** Writes the script anew from the canvas, whatever stands there. */
  startAgain(graph: GraphDocument): void {
    this.write(graph)
  }

  edit(text: string): void {
    this.store.setState({ text, phase: "edited" })
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.read(text), QUIET_MS)
  }

  stop(): void {
    clearTimeout(this.timer)
    this.asked += 1
  }

  private write(graph: GraphDocument): void {
    clearTimeout(this.timer)
    const asked = ++this.asked
    this.shown = graph
    this.peers.write(graph).then(
      (text) => asked === this.asked && this.store.setState({ text, read: null, phase: "same" }),
      () => asked === this.asked && this.store.setState({ phase: "offline" }),
    )
  }

  private async read(text: string): Promise<void> {
    const asked = ++this.asked
    try {
      const read = await this.peers.read(text)
      if (asked !== this.asked) return
      const told = { problems: read.problems, locked: read.locked }
      const isWhole = read.graph && read.problems.length === 0
      if (isWhole) this.shown = this.peers.apply(read.graph as GraphDocument)
      this.store.setState({ read: told, phase: isWhole ? "same" : "broken" })
    } catch {
      if (asked === this.asked) this.store.setState({ phase: "offline" })
    }
  }
}
