import { lazy, Suspense, useMemo, useState } from "react"
import { IconButton } from "../shared/Button"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Icon } from "../shared/icons/Icon"
import { Note } from "../shared/Note"
import { Skeleton } from "../shared/Skeleton"
import { Prose } from "../shared/Prose"
import type { CodeProblemMark } from "./CodeEditor"
import { problemText, type FieldViewProps } from "./FieldView"
import { problemsAt, tooLong } from "./schema"

const CodeEditor = lazy(() => import("./CodeEditor"))

/** Python with its problems at the line. The editor itself is fetched when the first code is shown. */
export function CodeField({ field, value, onChange, context, path }: FieldViewProps) {
  const [wide, setWide] = useState(false)
  const code = typeof value === "string" ? value : ""
  const fresh = context.codeProblems(code)
  const stored = problemsAt(context.problems, path)
  const marks = useMemo<readonly CodeProblemMark[]>(
    () =>
      fresh ??
      stored.map(({ line = null, column = null, message, severity }) => ({
        line,
        column,
        message,
        severity,
      })),
    // the stored problems are made anew for each draw
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [fresh, context.problems, path],
  )
  const goTo = useMemo(
    () => (context.focus?.path === path && context.focus.line ? { line: context.focus.line } : null),
    [context.focus, path],
  )
  const [first] = marks
    .filter((mark) => mark.severity === "error")
    .concat(marks.filter((mark) => mark.severity !== "error"))
  const message =
    tooLong(code, field.schema) ?? (first ? textOf(first) : problemText(context, path, field.label))
  const editor = (minHeight: number, maxHeight: number | string) => (
    <Suspense fallback={<Skeleton height={minHeight} />}>
      <CodeEditor
        value={code}
        onChange={onChange}
        language="python"
        label={field.label}
        problems={marks}
        readOnly={context.readOnly || context.codeRefusal !== null}
        minHeight={minHeight}
        maxHeight={maxHeight}
        goTo={goTo}
        onUndo={context.onUndo}
        onRedo={context.onRedo}
      />
    </Suspense>
  )
  return (
    <div className={`field code-field${first?.severity === "error" ? " is-bad" : ""}`}>
      <div className="lab">
        <span>{field.label}</span>
        <span className="end row g1 xs subtle">
          Python, sandboxed
          <IconButton
            variant="ghost"
            size="sm"
            icon="fit"
            iconSize={12}
            label="Open in a large editor"
            onClick={() => setWide(true)}
          />
        </span>
      </div>
      {!wide && editor(132, 420)}
      {message && (
        <span className={`err${first?.severity === "warning" ? " is-warning" : ""}`} role="status">
          <Icon name="warn" size={12} />
          <span>
            <Prose text={message} />
          </span>
        </span>
      )}
      {context.codeRefusal && <Note icon="lock">{context.codeRefusal}</Note>}
      <Dialog
        open={wide}
        onClose={() => setWide(false)}
        title={field.label}
        width={1080}
        footer={
          <Button variant="primary" onClick={() => setWide(false)}>
            Done
          </Button>
        }
      >
        <div className="field code-field">
          {editor(360, "64vh")}
          {message && (
            <span className={`err${first?.severity === "warning" ? " is-warning" : ""}`}>
              <Icon name="warn" size={12} />
              <span>
                <Prose text={message} />
              </span>
            </span>
          )}
        </div>
      </Dialog>
    </div>
  )
}

function textOf({ line, message }: CodeProblemMark): string {
  return line ? `Line ${line}: ${message}` : message
}
