import { lazy, Suspense, useEffect, useRef, useState } from "react"
import { useCan } from "../api/me"
import type { NodeDocument } from "../api/types"
import { setOption } from "../editor/commands"
import { pinLast, unpin, whyNoPin } from "../editor/pins"
import { useSession, useShownRun } from "../editor/SessionContext"
import { redo, undo } from "../editor/intents"
import { Button } from "../shared/Button"
import { Icon } from "../shared/icons/Icon"
import { useNodeState } from "../shared/live/statusStore"
import { Skeleton } from "../shared/Skeleton"
import type { FormContext } from "./FormContext"
import { parsePin } from "./pinText"
import { Section } from "./Section"

const CodeEditor = lazy(() => import("./CodeEditor"))

interface Props {
  node: NodeDocument
  /** The outputs that the step has. */
  ports: readonly string[]
  problem: string | undefined
  wanted: FormContext["focus"]
}

/** What the step gives instead of running. */
export function PinSection({ node, ports, problem, wanted }: Props) {
  const session = useSession()
  const shown = useShownRun()
  useNodeState(session.statuses, node.id) // a result that has come can be pinned
  const mayRead = useCan("run.data")
  const box = useRef<HTMLDivElement>(null)
  const pin = node.options?.pin
  const refusal = whyNoPin(session, node, mayRead)
  useEffect(() => {
    if (!wanted) return
    box.current?.scrollIntoView({ block: "nearest" })
    box.current?.querySelector<HTMLElement>(".cm-content, button")?.focus()
  }, [wanted])
  const write = () => {
    const outputs = Object.fromEntries((ports.length ? ports : ["result"]).map((port) => [port, null]))
    session.editor.apply("pin an output", setOption(node.id, "pin", outputs))
  }
  const takeLast = (label: string) => (
    <Button size="sm" icon="pin" disabledReason={refusal} onClick={() => void pinLast(session, node.id)}>
      {label}
    </Button>
  )
  return (
    <Section
      title="Pinned output"
      aside={pin ? "does not run" : undefined}
      closed={!pin && !wanted}
      key={pin || wanted ? "open" : "closed"}
    >
      <div className="form" ref={box}>
        {pin ? (
          <>
            <PinEditor node={node} pin={pin} problem={problem} />
            {session.editable && (
              <div className="row wrap">
                {takeLast(shown ? `From run ${shown.number}` : "From the last run")}
                <Button size="sm" icon="x" onClick={() => unpin(session, node.id)}>
                  Unpin
                </Button>
              </div>
            )}
            <p className="xs subtle">Drafts run with it. Take it away before publishing.</p>
          </>
        ) : (
          <>
            <p className="xs subtle">The step runs. With a pinned output it gives that instead.</p>
            {session.editable && (
              <div className="row wrap">
                {takeLast("Pin last output")}
                <Button size="sm" icon="code" onClick={write}>
                  Write one
                </Button>
              </div>
            )}
          </>
        )}
      </div>
    </Section>
  )
}

interface PinEditorProps {
  node: NodeDocument
  pin: Readonly<Record<string, unknown>>
  problem: string | undefined
}

/** The outputs by port, as JSON. A text that can't be used stays, with the reason, and is not saved. */
function PinEditor({ node, pin, problem }: PinEditorProps) {
  const session = useSession()
  const [draft, setDraft] = useState<{ text: string; of: unknown } | null>(null)
  const stored = JSON.stringify(pin, null, 2)
  // another pin came meanwhile, by undo or from a run
  const text = draft && (draft.of === pin || parsesTo(draft.text, stored)) ? draft.text : stored
  const parsed = parsePin(text)
  const error = "error" in parsed ? parsed.error : problem
  const change = (next: string) => {
    const result = parsePin(next)
    if ("error" in result) return setDraft({ text: next, of: pin })
    setDraft({ text: next, of: result.pin })
    session.editor.apply("change the pin", setOption(node.id, "pin", result.pin), { merge: `pin:${node.id}` })
  }
  return (
    <div className={`field code-field${error ? " is-bad" : ""}`} data-field="options.pin">
      <Suspense fallback={<Skeleton height={96} />}>
        <CodeEditor
          value={text}
          onChange={change}
          language="json"
          label="Pinned output, by port"
          readOnly={!session.editable}
          minHeight={72}
          maxHeight={260}
          onUndo={() => undo(session)}
          onRedo={() => redo(session)}
        />
      </Suspense>
      {error && (
        <span className="err" role="status">
          <Icon name="warn" size={12} />
          <span>{error}</span>
        </span>
      )}
    </div>
  )
}

function parsesTo(text: string, stored: string): boolean {
  const parsed = parsePin(text)
  return "pin" in parsed && JSON.stringify(parsed.pin, null, 2) === stored
}
