import { useState } from "react"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, TextArea } from "../shared/Field"
import { Note } from "../shared/Note"
import { RadioList } from "../shared/RadioList"
import { toast } from "../shared/toast"
import { decideStep, type Outcome } from "./controlApi"
import type { WaitingStep } from "./standing"

interface Props {
  runId: string
  step: WaitingStep
  title: string
  /** The outputs that the node has. */
  outputs: readonly string[]
  onClose: () => void
}

const ACTIONS: Record<Outcome, string> = {
  succeeded: "It happened",
  failed: "It failed",
  retry: "Try again",
}

/** Says what became of a step of which nobody knows whether it took effect. */
export function DecideDialog({ runId, step, title, outputs, onClose }: Props) {
  const [outcome, setOutcome] = useState<Outcome>("succeeded")
  const [text, setText] = useState(() => emptyOutputs(outputs))
  const [comment, setComment] = useState("")
  const [wrong, setWrong] = useState<string | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const decide = async () => {
    const given = outcome === "succeeded" ? parseOutputs(text) : null
    if (typeof given === "string") return setWrong(given)
    setWrong(null)
    setFailure(null)
    setBusy(true)
    try {
      const said = given === null ? {} : { outputs: given }
      await decideStep(runId, step.node, { attempt: step.attempt, outcome, comment: comment.trim(), ...said })
      toast(`“${title}”: ${ACTIONS[outcome].toLowerCase()}.`)
      onClose()
    } catch (reason) {
      setFailure(reason instanceof Error ? reason.message : "It could not be decided.")
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={`What became of “${title}”?`}
      width={520}
      onSubmit={() => void decide()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy}>
            {ACTIONS[outcome]}
          </Button>
        </>
      }
    >
      <p>
        Its worker died while it was at work, and it must not run twice. Look where it would have left its
        mark, then say what you found.
      </p>
      <RadioList
        label="What you found"
        value={outcome}
        onChange={setOutcome}
        choices={[
          {
            value: "succeeded",
            label: "It happened",
            hint: "The run goes on with the outputs that you give.",
          },
          {
            value: "failed",
            label: "It failed",
            hint: "The node fails; its error port and the run go on from there.",
          },
          {
            value: "retry",
            label: "Try again",
            hint: "It did not happen, or may happen twice: the node runs anew.",
          },
        ]}
      />
      {outcome === "succeeded" && (
        <Field label="Outputs" hint="JSON, one value for each output of the node." error={wrong}>
          {(control) => (
            <TextArea
              {...control}
              mono
              rows={4}
              spellCheck={false}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
      )}
      <Field label="Comment" hint="Stays with the run, with your name.">
        {(control) => (
          <TextArea
            {...control}
            rows={2}
            value={comment}
            onChange={(event) => setComment(event.target.value)}
          />
        )}
      </Field>
      {failure && (
        <div className="dialog-note">
          <Note kind="bad">{failure}</Note>
        </div>
      )}
    </Dialog>
  )
}

export default DecideDialog

const emptyOutputs = (names: readonly string[]): string =>
  JSON.stringify(Object.fromEntries(names.map((name) => [name, null])), null, 2)

/** The outputs, or what is wrong with the text. */
function parseOutputs(text: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
    return 'Enter an object: { "result": 1 }'
  } catch {
    return "Enter JSON: text and names stand in double quotes."
  }
}
