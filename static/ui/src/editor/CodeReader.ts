/** Asks the server which names each step's code takes from outside: they are its input ports. */
import type { CodeProblem, CodeReport, GraphDocument, GraphProblem, NodeType } from "../api/types"
import { CONTROL_INPUT, wiredPorts } from "../canvas/ports"
import { parentsOf } from "../canvas/scopes"
import { checkCode } from "./api"

const QUIET_MS = 350
const AT_ONCE = 3

export class CodeReader {
  private read = new Map<string, string>()
  private reports = new Map<string, CodeReport>()
  private waiting = new Map<string, string>()
  private active = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private listeners = new Set<() => void>()

  constructor(
    private readonly onNames: (node: string, names: readonly string[]) => void,
    private readonly check: (code: string) => Promise<CodeReport> = checkCode,
  ) {}

  /** Reads the code of every step that takes its inputs from it, where it changed. */
  readAll(graph: GraphDocument, types: ReadonlyMap<string, NodeType>): void {
    for (const [id, code] of this.codes(graph, types)) {
      if (this.read.get(id) === code) continue
      this.read.set(id, code)
      this.waiting.set(id, code)
    }
    if (!this.waiting.size) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.next(), QUIET_MS)
  }

  /**
   * Takes the code of a draft that the server has just checked as read: its names are those that are wired and
   * those that the server says nothing feeds.
   */
  seed(graph: GraphDocument, types: ReadonlyMap<string, NodeType>, problems: readonly GraphProblem[]): void {
    const wired = wiredPorts(graph.connections, parentsOf(graph.nodes))
    for (const [id, code] of this.codes(graph, types)) {
      this.read.set(id, code)
      const unfed = problems.filter((problem) => problem.node === id && problem.field?.startsWith("inputs."))
      const names = [
        ...(wired.get(id)?.inputs ?? []),
        ...unfed.map((problem) => (problem.field ?? "").slice("inputs.".length)),
      ]
      this.onNames(
        id,
        [...new Set(names)].filter((name) => name !== CONTROL_INPUT),
      )
    }
  }

  /** Reads one text now, for its problems: it is being looked at. */
  look(node: string, code: string): void {
    if (this.reports.has(code) || !code.trim()) return
    this.read.set(node, code)
    this.waiting.set(node, code)
    this.next()
  }

  /** How many texts were read so far. */
  answers = 0

  /** The problems of this very text; undefined until it was read. The same list each time. */
  marksFor(code: string): readonly CodeProblem[] | undefined {
    return this.reports.get(code)?.problems
  }

  subscribe = (notice: () => void): (() => void) => {
    this.listeners.add(notice)
    return () => {
      this.listeners.delete(notice)
    }
  }

  private *codes(graph: GraphDocument, types: ReadonlyMap<string, NodeType>): Generator<[string, string]> {
    for (const node of graph.nodes) {
      const key = types.get(node.type)?.dynamic.inputs
      const code = key ? node.config?.[key] : undefined
      if (typeof code === "string") yield [node.id, code]
    }
  }

  private next(): void {
    for (const [node, code] of this.waiting) {
      if (this.active >= AT_ONCE) return
      this.waiting.delete(node)
      void this.readOne(node, code)
    }
  }

  private async readOne(node: string, code: string): Promise<void> {
    this.active++
    try {
      const report = code.trim()
        ? (this.reports.get(code) ?? (await this.check(code)))
        : { problems: [], inputs: [] }
      this.remember(code, report)
      const isBroken =
        report.inputs.length === 0 && report.problems.some((problem) => problem.severity === "error")
      if (this.read.get(node) === code && !isBroken) this.onNames(node, report.inputs) // ports stay while a line is half typed
    } catch {
      this.read.delete(node) // not reached: asked again with the next change
    } finally {
      this.active--
      this.next()
    }
  }

  private remember(code: string, report: CodeReport): void {
    if (this.reports.size > 200) this.reports.clear()
    const problems = report.problems.map((problem) => ({ ...problem, message: inFull(problem) }))
    this.reports.set(code, { ...report, problems })
    this.answers++
    for (const notice of this.listeners) notice()
  }
}

/** The problem and what to do about it, in one line. */
function inFull({ message, hint }: CodeProblem): string {
  if (!hint || message.includes(hint)) return message
  return `${message.replace(/\.$/, "")}. ${hint}`
}
