import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete"
import { defaultKeymap, indentWithTab } from "@codemirror/commands"
import { json } from "@codemirror/lang-json"
import { python } from "@codemirror/lang-python"
import { bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language"
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint"
import { EditorState, Prec, type Extension } from "@codemirror/state"
import { EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view"
import { useEffect, useRef } from "react"
import { styleNonce } from "../theme"
import { highlighting, lookOf } from "./codeLook"
import { smallestChange } from "./textChange"

export interface CodeProblemMark {
  line: number | null
  column: number | null
  message: string
  severity: "error" | "warning"
}

interface Props {
  value: string
  onChange: (value: string) => void
  language: "python" | "json"
  label: string
  describedBy?: string
  problems?: readonly CodeProblemMark[]
  readOnly?: boolean
  minHeight?: number
  maxHeight?: number | string
  /** A line to go to; a new object goes there again. */
  goTo?: { line: number } | null
  onUndo?: () => void
  onRedo?: () => void
}

/** Ctrl Enter is left to the page, where it runs the workflow. */
const ownKeys = defaultKeymap.filter((binding) => binding.key !== "Mod-Enter")

const LANGUAGES: Record<Props["language"], () => Extension> = { python, json }

/** A code editor. Its undo is the workflow's: there is one stack. Esc, then Tab leaves it. */
export default function CodeEditor(props: Props) {
  const {
    value,
    problems,
    goTo,
    language,
    readOnly,
    minHeight = 96,
    maxHeight = 420,
    label,
    describedBy,
  } = props
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const latest = useRef(props)
  useEffect(() => {
    latest.current = props
  })

  useEffect(() => {
    if (!host.current) return
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          EditorView.cspNonce.of(styleNonce()),
          Prec.high(keymap.of(historyKeys(() => latest.current))),
          lineNumbers(),
          lintGutter(),
          highlightActiveLine(),
          bracketMatching(),
          closeBrackets(),
          autocompletion({ icons: false }),
          indentUnit.of("    "),
          LANGUAGES[language](),
          syntaxHighlighting(highlighting),
          lookOf(minHeight, maxHeight),
          EditorState.readOnly.of(Boolean(readOnly)),
          EditorView.contentAttributes.of({
            "aria-label": label,
            tabindex: "0",
            ...(describedBy ? { "aria-describedby": describedBy } : {}),
          }),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...ownKeys, indentWithTab]),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return
            const text = update.state.doc.toString()
            if (text !== latest.current.value) latest.current.onChange(text)
          }),
        ],
      }),
    })
    view.current = made
    return () => {
      view.current = null
      made.destroy()
    }
  }, [language, readOnly, minHeight, maxHeight, label, describedBy])

  useEffect(() => {
    const editor = view.current
    if (!editor) return
    const change = smallestChange(editor.state.doc.toString(), value)
    if (change) editor.dispatch({ changes: change })
  }, [value])

  useEffect(() => {
    const editor = view.current
    if (editor) editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(editor.state, problems ?? [])))
  }, [problems, value])

  useEffect(() => {
    const editor = view.current
    if (!editor || !goTo) return
    const line = editor.state.doc.line(Math.min(Math.max(1, goTo.line), editor.state.doc.lines))
    editor.dispatch({ selection: { anchor: line.from, head: line.to }, scrollIntoView: true })
    editor.focus()
  }, [goTo])

  return <div ref={host} className="codebox" />
}

function historyKeys(props: () => Props) {
  const undo = () => (props().onUndo?.(), true)
  const redo = () => (props().onRedo?.(), true)
  return [
    { key: "Mod-z", run: undo, preventDefault: true },
    { key: "Mod-Shift-z", run: redo, preventDefault: true },
    { key: "Mod-y", run: redo, preventDefault: true },
  ]
}

function diagnosticsOf(state: EditorState, problems: readonly CodeProblemMark[]): Diagnostic[] {
  return problems.flatMap(({ line, column, message, severity }) => {
    if (!line || line > state.doc.lines) return []
    const at = state.doc.line(line)
    const from = Math.min(at.to, at.from + Math.max(0, (column ?? 1) - 1))
    const word = state.wordAt(from)
    const end = word && word.to > from ? word.to : at.to
    return [{ from: end > from ? from : at.from, to: Math.max(end, from), message, severity }]
  })
}
