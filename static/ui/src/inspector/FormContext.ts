import type { FieldProblem } from "./schema"
import type { CodeProblemMark } from "./CodeEditor"

/** What all fields of one form share. */
export interface FormContext {
  problems: ReadonlyMap<string, FieldProblem[]>
  datasets: readonly string[]
  /** What is set beside the field, where one depends on another: in the step, or in the chosen variant. */
  siblings?: Readonly<Record<string, unknown>>
  /** Names that an expression can use. */
  names: readonly string[]
  readOnly: boolean
  /** Why code can't be changed by this person; null when it can. */
  codeRefusal: string | null
  /** What reading a code text found, while the server's own problems are still of the text before. */
  codeProblems: (code: string) => readonly CodeProblemMark[] | undefined
  /** The step was just placed: what it still needs is not called wrong before the person was there. */
  isNew: boolean
  /** A field to bring into view, and the line in it. */
  focus: { path: string; line: number | null } | null
  onUndo: () => void
  onRedo: () => void
}

/** A form of plain fields only: no code, no lists of names. */
export function plainContext(problems: ReadonlyMap<string, FieldProblem[]>, readOnly: boolean): FormContext {
  return {
    problems,
    readOnly,
    datasets: [],
    codeRefusal: null,
    codeProblems: () => undefined,
    focus: null,
    isNew: false,
    names: [],
    onUndo: () => undefined,
    onRedo: () => undefined,
  }
}
