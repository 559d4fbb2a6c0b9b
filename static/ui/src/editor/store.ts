/** The graph being edited, with one undo stack: one gesture, one step. */
import { temporal, type TemporalState } from "zundo"
import { createStore, type StoreApi } from "zustand"
import type { GraphDocument } from "../api/types"
import type { Rect } from "../canvas/geometry"
import { NO_SELECTION, type Selection } from "../shared/mapping"
import type { Command } from "./commands"

export interface EditorState {
  graph: GraphDocument
  selection: Selection
  /** Names that each step's code takes from outside, once the server has read the code. */
  freeNames: Readonly<Record<string, readonly string[]>>
  /** Grows with every step that changes the graph, also with undo and redo. */
  step: number
  /** What undo would take back, in words. */
  labels: { undo: string | null; redo: string | null }
  gesture: GraphDocument | null
  /** While steps are dragged: the boxes of the frames, which don't follow a step on its way out. */
  held: ReadonlyMap<string, Rect> | null
}

type History = Pick<EditorState, "graph">
export type EditorStoreApi = StoreApi<EditorState> & { temporal: StoreApi<TemporalState<History>> }

const HISTORY_LIMIT = 200
const MERGE_PAUSE_MS = 1_000
const MERGE_SPAN_MS = 3_000

export interface ApplyOptions {
  /** Changes with the same key in quick succession are one step: a few words typed in one field. */
  merge?: string
  select?: Selection
}

export class GraphEditor {
  readonly store: EditorStoreApi
  private merged: { key: string; at: number; since: number } | null = null
  private done: string[] = []
  private undone: string[] = []

  constructor(
    graph: GraphDocument,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.store = createStore<EditorState>()(
      temporal(
        (): EditorState => ({
          graph,
          selection: NO_SELECTION,
          freeNames: {},
          step: 0,
          labels: { undo: null, redo: null },
          gesture: null,
          held: null,
        }),
        {
          partialize: (state): History => ({ graph: state.graph }),
          equality: (a, b) => a.graph === b.graph,
          limit: HISTORY_LIMIT,
        },
      ),
    )
  }

  get graph(): GraphDocument {
    return this.store.getState().graph
  }

  get selection(): Selection {
    return this.store.getState().selection
  }

  /** Does a command as one step of the history. */
  apply(label: string, command: Command, options: ApplyOptions = {}): void {
    const graph = command(this.graph)
    if (graph === this.graph) return
    const merges = this.continues(options.merge)
    if (merges) this.untracked(() => this.set(graph, options.select))
    else {
      this.set(graph, options.select)
      this.done.push(label)
      this.undone = []
      this.relabel()
    }
    const at = this.now()
    const since = merges && this.merged ? this.merged.since : at
    this.merged = options.merge ? { key: options.merge, at, since } : null
  }

  /** From here to `endGesture` the canvas may change the graph at will: one step in the end. */
  beginGesture(): void {
    if (!this.store.getState().gesture) this.store.setState({ gesture: this.graph })
  }

  /** Within a gesture: draws, and leaves no trace in the history. */
  preview(command: Command, held: ReadonlyMap<string, Rect> | null = null): void {
    this.untracked(() => this.store.setState({ graph: command(this.graph), held }))
  }

  endGesture(label: string, select?: Selection): void {
    const { gesture, graph } = this.store.getState()
    if (!gesture) return
    this.untracked(() => this.store.setState({ graph: gesture, gesture: null, held: null }))
    this.apply(label, () => graph, { select })
  }

  cancelGesture(): void {
    const { gesture } = this.store.getState()
    if (gesture) this.untracked(() => this.store.setState({ graph: gesture, gesture: null, held: null }))
  }

  /** Another graph in place of this one, which undo brings back. */
  replace(label: string, graph: GraphDocument): void {
    const here = new Set(graph.nodes.map((node) => node.id))
    const nodes = new Set([...this.selection.nodes].filter((id) => here.has(id)))
    this.apply(label, () => graph, { select: { nodes, connections: new Set() } })
  }

  /** Without history: what the server tells about the same graph. */
  adopt(graph: GraphDocument): void {
    this.untracked(() => this.store.setState({ graph }))
  }

  undo(): string | null {
    if (!this.store.temporal.getState().pastStates.length) return null
    const label = this.done.pop() ?? "change"
    this.undone.push(label)
    return this.travel(() => this.store.temporal.getState().undo(), label)
  }

  redo(): string | null {
    if (!this.store.temporal.getState().futureStates.length) return null
    const label = this.undone.pop() ?? "change"
    this.done.push(label)
    return this.travel(() => this.store.temporal.getState().redo(), label)
  }

  select(selection: Selection): void {
    const before = this.selection
    if (sameSet(before.nodes, selection.nodes) && sameSet(before.connections, selection.connections)) return
    this.store.setState({ selection })
  }

  setFreeNames(node: string, names: readonly string[]): void {
    const { freeNames } = this.store.getState()
    const before = freeNames[node]
    if (before && before.length === names.length && before.every((name, at) => name === names[at])) return
    this.store.setState({ freeNames: { ...freeNames, [node]: names } })
  }

  private travel(go: () => void, label: string): string {
    this.merged = null
    this.store.setState({ gesture: null, held: null })
    go()
    const { selection, graph, step } = this.store.getState()
    const here = new Set(graph.nodes.map((node) => node.id))
    const nodes = new Set([...selection.nodes].filter((id) => here.has(id)))
    this.store.setState({ step: step + 1, selection: { nodes, connections: new Set() } })
    this.relabel()
    return label
  }

  private continues(key: string | undefined): boolean {
    if (key === undefined || this.merged?.key !== key) return false
    const now = this.now()
    return now - this.merged.at < MERGE_PAUSE_MS && now - this.merged.since < MERGE_SPAN_MS
  }

  private set(graph: GraphDocument, select: Selection | undefined): void {
    const { step, selection } = this.store.getState()
    this.store.setState({ graph, step: step + 1, selection: select ?? selection })
  }

  private untracked(change: () => void): void {
    const history = this.store.temporal.getState()
    history.pause()
    change()
    history.resume()
  }

  private relabel(): void {
    const { pastStates, futureStates } = this.store.temporal.getState()
    this.done = this.done.slice(Math.max(0, this.done.length - pastStates.length)) // the history forgets its oldest
    const undo = pastStates.length ? (this.done.at(-1) ?? "change") : null
    const redo = futureStates.length ? (this.undone.at(-1) ?? "change") : null
    this.store.setState({ labels: { undo, redo } })
  }
}

const sameSet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((item) => b.has(item))
