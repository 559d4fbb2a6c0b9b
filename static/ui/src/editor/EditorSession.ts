/** One open workflow: the graph with its history, saving, problems and the run on the canvas. No React. */
import { createStore } from "zustand"
import type { Denial, Draft, GraphDocument, GraphProblem, NodeType } from "../api/types"
import { arranged } from "../canvas/arranged"
import type { Rect } from "../canvas/geometry"
import { ProblemStore } from "../canvas/problemStore"
import { isFrame, parentsOf } from "../canvas/scopes"
import { StepStatuses } from "../canvas/stepStatuses"
import { FlowMapper, titleOf } from "../shared/mapping"
import * as server from "./api"
import { Autosave, type SaveState } from "./autosave"
import { ChildReader } from "./ChildReader"
import { CodeReader } from "./CodeReader"
import { LiveRun } from "./LiveRun"
import { forgetLocal, keepLocal, readLocal } from "./localCopy"
import { GraphEditor } from "./store"

export type Tool = "select" | "pan"
export type InspectorTab = "config" | "output" | "access" | "notes"

/** A place in the form that a problem points at. `at` makes asking for the same one twice two requests. */
export interface FieldFocus {
  /** Empty for the workflow's own settings. */
  node: string
  field: string | null
  line: number | null
  at: number
}

export interface EditorUi {
  save: SaveState
  problems: readonly GraphProblem[]
  checkedAt: string | null
  tool: Tool
  libraryOpen: boolean
  inspectorOpen: boolean
  drawerOpen: boolean
  outlineOpen: boolean
  pythonOpen: boolean
  /** The revision about which a person said: later. */
  conflictLater: number | null
  tab: InspectorTab
  /** The trigger that the inspector shows, or `new:` and the kind of one that is being made. */
  trigger: string | null
  focus: FieldFocus | null
  /** The step whose menu is open, and where on the page. */
  menu: { node: string; x: number; y: number } | null
  /** Steps placed since the page opened, until somebody tries to run or publish, or follows a problem. */
  newSteps: ReadonlySet<string>
}

export class EditorSession {
  readonly editor: GraphEditor
  readonly autosave: Autosave
  readonly code: CodeReader
  private readonly children: ChildReader
  readonly live: LiveRun
  /** The states of the run on the canvas, by step: in a frame those of the iteration that is shown. */
  readonly statuses: StepStatuses
  readonly problemCounts = new ProblemStore()
  readonly mapper = new FlowMapper()
  /** The steps whose settings this person may not see, and why. */
  readonly denied: Readonly<Record<string, Denial>>
  readonly ui

  constructor(
    readonly workflowId: string,
    draft: Draft,
    readonly nodeTypes: ReadonlyMap<string, NodeType>,
    readonly editable: boolean,
    /** It is looked at as somebody else. */
    viewed = false,
  ) {
    this.live = new LiveRun(viewed)
    this.statuses = new StepStatuses(this.live.statuses)
    const graph = arranged(draft.graph)
    this.denied = draft.denied
    this.editor = new GraphEditor(graph)
    this.ui = createStore<EditorUi>(() => ({
      save: { phase: "saved", at: draft.updated_at },
      problems: [],
      checkedAt: null,
      tool: "select",
      libraryOpen: true,
      inspectorOpen: true,
      drawerOpen: draft.problems.length > 0,
      outlineOpen: false,
      pythonOpen: false,
      conflictLater: null,
      tab: "config",
      trigger: null,
      focus: null,
      menu: null,
      newSteps: new Set(),
    }))
    this.autosave = new Autosave(
      { graph, revision: draft.revision, updated_at: draft.updated_at },
      {
        save: (next, revision) => server.saveDraft(workflowId, next, revision),
        keep: (copy) => void keepLocal(workflowId, copy),
        forget: () => forgetLocal(workflowId),
        onState: (save) => this.ui.setState({ save }),
        onSaved: (saved) => this.adoptProblems(saved.problems),
      },
    )
    this.code = new CodeReader((node, names) => this.editor.setFreeNames(node, names))
    this.children = new ChildReader((node, names) => this.editor.setFreeNames(node, names))
    this.adoptProblems(draft.problems)
  }

  /** Starts listening. Returns what ends it. */
  open(draft: Draft): () => void {
    this.statuses.onMissing = (path) => this.live.readScope(path)
    this.statuses.arrange(parentsOf(this.editor.graph.nodes))
    const leave = this.editor.store.subscribe((state, before) => {
      if (state.selection !== before.selection && state.selection.nodes.size)
        this.ui.setState({ trigger: null })
      if (state.graph !== before.graph) this.statuses.arrange(parentsOf(state.graph.nodes))
      if (state.graph === before.graph || state.gesture) return
      if (this.editable) this.autosave.changed(state.graph)
      this.code.readAll(state.graph, this.nodeTypes)
      this.children.readAll(state.graph, this.nodeTypes)
    })
    this.code.seed(this.editor.graph, this.nodeTypes, draft.problems)
    this.children.readAll(this.editor.graph, this.nodeTypes)
    if (this.editable) this.restore(draft)
    const onOnline = () => this.autosave.retry()
    const onLeave = (event: BeforeUnloadEvent) => {
      if (this.autosave.isClean) return
      void this.autosave.flush().catch(() => undefined)
      event.preventDefault()
    }
    addEventListener("online", onOnline)
    addEventListener("beforeunload", onLeave)
    return () => {
      leave()
      removeEventListener("online", onOnline)
      removeEventListener("beforeunload", onLeave)
      this.autosave.stop()
      this.live.stop()
    }
  }

  /** Where every step and frame lies on the canvas, and which of them are frames. */
  boxes(): { rects: Map<string, Rect>; frames: Set<string> } {
    const { graph, selection, freeNames } = this.editor.store.getState()
    const nodes = this.mapper.nodes(graph, this.nodeTypes, selection, freeNames)
    const rects = new Map(
      nodes.map(({ id, position, width = 0, height = 0 }) => [id, { ...position, width, height }] as const),
    )
    return { rects, frames: new Set(nodes.flatMap((node) => (node.type === "frame" ? [node.id] : []))) }
  }

  /** What a step is called. */
  titleOf = (id: string): string => {
    const node = this.editor.graph.nodes.find((item) => item.id === id)
    return node ? titleOf(node, this.nodeTypes.get(node.type)) : id
  }

  isFrame(id: string | undefined): boolean {
    const node = this.editor.graph.nodes.find((item) => item.id === id)
    return node !== undefined && isFrame(this.nodeTypes.get(node.type))
  }

  /** Goes to a step (null: the workflow itself), and to the field and line that a problem names. */
  focusOn(node: string | null, field: string | null = null, line: number | null = null): void {
    this.editor.select({ nodes: new Set(node === null ? [] : [node]), connections: new Set() })
    this.ui.setState({
      tab: field?.startsWith("access.") ? "access" : "config",
      inspectorOpen: true,
      focus: { node: node ?? "", field, line, at: performance.now() },
      newSteps: new Set(),
    })
  }

  takeTheirs(): void {
    const draft = this.autosave.takeTheirs()
    if (!draft) return
    this.editor.replace("take the other draft", arranged(draft.graph))
    this.autosave.adopt({ ...draft, graph: this.editor.graph })
    this.adoptProblems(draft.problems)
  }

  adoptProblems(problems: readonly GraphProblem[]): void {
    this.problemCounts.replace(problems)
    this.ui.setState({ problems, checkedAt: new Date().toISOString() })
  }

  /** Changes that this browser kept when the server could not be reached. */
  private restore(draft: Draft): void {
    const copy = readLocal(this.workflowId)
    if (!copy) return
    if (same(copy.graph, draft.graph)) forgetLocal(this.workflowId)
    else if (copy.revision === draft.revision) this.editor.replace("changes kept in this browser", copy.graph)
    else {
      this.editor.replace("changes kept in this browser", copy.graph)
      this.autosave.reportConflict(this.editor.graph, draft)
    }
  }
}

const same = (a: GraphDocument, b: GraphDocument): boolean => JSON.stringify(a) === JSON.stringify(b)
