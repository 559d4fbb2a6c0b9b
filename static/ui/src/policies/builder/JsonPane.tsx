import { lazy, Suspense, useMemo } from "react"
import { useStore } from "zustand"
import { Note } from "../../shared/Note"
import { Button } from "../../shared/Button"
import { Skeleton } from "../../shared/Skeleton"
import type { DraftKeeper } from "../draftKeeper"
import { lineOf, textOfRule } from "../model/rule"
import type { Finding } from "../model/remarks"

const CodeEditor = lazy(() => import("../../inspector/CodeEditor"))

interface Props {
  keeper: DraftKeeper
  readOnly: boolean
  findings: readonly Finding[]
}

/** The rule as the JSON that it is kept as. What is typed becomes the tree as soon as it is a rule. */
export function JsonPane({ keeper, readOnly, findings }: Props) {
  const rule = useStore(keeper.store, (state) => state.rule)
  const typed = useStore(keeper.store, (state) => state.text)
  const fault = useStore(keeper.store, (state) => state.textFault)
  const faults = useStore(keeper.store, (state) => state.faults)
  const written = useMemo(() => textOfRule(rule), [rule])
  const text = typed ?? written
  const problems = useMemo(() => {
    if (fault) return [{ ...fault, column: null, severity: "error" as const }]
    return [
      ...faults.map(({ field, message }) => ({ path: field, message, severity: "error" as const })),
      ...findings.map(({ path, message, severity }) => ({
        path,
        message,
        severity: severity === "error" ? ("error" as const) : ("warning" as const),
      })),
    ].map(({ path, ...rest }) => ({ ...rest, line: lineOf(text, path), column: null }))
  }, [fault, faults, findings, text])
  return (
    <div className="rule-json">
      <Suspense fallback={<Skeleton height={240} />}>
        <CodeEditor
          value={text}
          onChange={(next) => keeper.type(next)}
          language="json"
          label="Policy as JSON"
          problems={problems}
          readOnly={readOnly}
          minHeight={240}
          maxHeight={560}
          onUndo={() => keeper.undo()}
          onRedo={() => keeper.redo()}
        />
      </Suspense>
      {fault && (
        <Note kind="bad">
          {fault.message}{" "}
          <Button variant="ghost" size="sm" onClick={() => keeper.dropText()}>
            Back to the rule as it was
          </Button>
        </Note>
      )}
    </div>
  )
}
