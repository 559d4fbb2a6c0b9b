import { lazy, Suspense, useEffect, useMemo, useState } from "react"
import { useStore } from "zustand"
import { arranged } from "../canvas/arranged"
import { readScript, writeScript } from "../editor/api"
import { redo, undo } from "../editor/intents"
import { PanelEdge } from "../editor/PanelEdge"
import { useEditor, useSession } from "../editor/SessionContext"
import { Button, IconButton } from "../shared/Button"
import { fileNameOf, saveText } from "../shared/download"
import { plural } from "../shared/format"
import { PythonText, type PythonState } from "./PythonText"
import "./PythonPanel.css"

const CodeEditor = lazy(() => import("../inspector/CodeEditor"))

/** The workflow as the Python that builds it, beside the canvas: a change of one shows in the other. */
export default function PythonPanel({ name }: { name: string }) {
  const session = useSession()
  const graph = useEditor((state) => state.graph)
  const gesture = useEditor((state) => state.gesture)
  const text = useMemo(
    () =>
      new PythonText({
        write: (shown) => writeScript(name, shown),
        read: readScript,
        apply: (found) => {
          session.editor.apply("Edit as Python", () => arranged(found), { merge: "python" })
          return session.editor.graph
        },
      }),
    [session, name],
  )
  const state = useStore(text.store)
  const [goTo, setGoTo] = useState<{ line: number } | null>(null)
  useEffect(() => {
    if (!gesture) text.follow(graph)
  }, [text, graph, gesture])
  useEffect(() => () => text.stop(), [text])
  const problems = useMemo(
    () =>
      (state.read?.problems ?? []).map(({ line, column, message }) => ({
        line: line || 1,
        column: column || null,
        message,
        severity: "error" as const,
      })),
    [state.read],
  )
  return (
    <section className="panel drawer" aria-label="Python">
      <PanelEdge
        side="top"
        variable="--drawer"
        label="Height of the drawer"
        min={120}
        max={520}
        initial={208}
      />
      <header className="drawer-head">
        <h2>Python</h2>
        <span className="row g2 python-tools">
          {state.phase === "broken" && (
            <Button size="sm" onClick={() => text.startAgain(session.editor.graph)}>
              Back to the canvas
            </Button>
          )}
          <Button
            size="sm"
            variant="ghost"
            icon="download"
            onClick={() => saveText(state.text, fileNameOf(name, "py"), "text/x-python")}
          >
            Save as a file
          </Button>
          <IconButton
            variant="ghost"
            size="sm"
            icon="down"
            label="Close"
            onClick={() => session.ui.setState({ pythonOpen: false })}
          />
        </span>
      </header>
      <Said state={state} onGo={(line) => setGoTo({ line })} />
      <div className="drawer-body python-body">
        <Suspense>
          {state.phase !== "loading" && (
            <CodeEditor
              value={state.text}
              onChange={(typed) => text.edit(typed)}
              language="python"
              label="The workflow as Python"
              problems={problems}
              readOnly={!session.editable}
              maxHeight="100%"
              goTo={goTo}
              onUndo={() => session.editable && undo(session)}
              onRedo={() => session.editable && redo(session)}
            />
          )}
        </Suspense>
      </div>
    </section>
  )
}

/** What the canvas shows of it, in a word. */
function Said({ state, onGo }: { state: PythonState; onGo: (line: number) => void }) {
  const [problem] = state.read?.problems ?? []
  const locked = state.read?.locked ?? []
  return (
    <div className="python-said sm" role="status">
      {state.phase === "offline" && (
        <span className="retrying">The server did not answer. The text stays; type on to try again.</span>
      )}
      {problem && (
        <span className="failed">
          {problem.line > 0 && (
            <button type="button" className="linkish" onClick={() => onGo(problem.line)}>
              Line {problem.line}
            </button>
          )}
          {problem.line > 0 && ": "}
          {problem.message}. The canvas keeps what it showed.
        </span>
      )}
      {!problem && locked.length > 0 && (
        <span className="muted">
          {plural(locked.length, "part")} of the script cannot be drawn and stay as they are written:{" "}
          {locked.slice(0, 5).map(({ first, last, reason }, at) => (
            <span key={first}>
              {at > 0 && ", "}
              <button type="button" className="linkish" title={reason} onClick={() => onGo(first)}>
                {first === last ? `line ${first}` : `lines ${first} to ${last}`}
              </button>
            </span>
          ))}
        </span>
      )}
    </div>
  )
}
