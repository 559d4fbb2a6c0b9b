import { useState } from "react"
import type { ParameterDocument } from "../api/types"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Note } from "../shared/Note"
import { ParameterFields } from "../shared/parameters/ParameterFields"
import { fieldErrors, parseTexts, startTexts } from "../shared/parameters/parameterForm"

interface Props {
  /** The workflow's name. */
  name: string
  parameters: readonly ParameterDocument[]
  /** Values of an earlier run to start from. */
  given?: Readonly<Record<string, unknown>>
  onRun: (values: Record<string, unknown>) => Promise<void>
  onClose: () => void
}

/** Asks for a run's parameters. What the server objects to stands at its field. */
export default function RunParametersDialog({ name, parameters, given, onRun, onClose }: Props) {
  const [texts, setTexts] = useState(() => startTexts(parameters, given))
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({})
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    const parsed = parseTexts(parameters, texts)
    if (!parsed.ok) return setErrors(parsed.errors)
    setErrors({})
    setFailure(null)
    setBusy(true)
    try {
      await onRun(parsed.values)
    } catch (reason) {
      setErrors(fieldErrors(reason, parameters))
      setFailure(reason instanceof Error ? reason.message : "The run could not be started.")
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Run “${name}”`}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" icon="play" submit busy={busy}>
            Run
          </Button>
        </>
      }
    >
      <ParameterFields parameters={parameters} texts={texts} errors={errors} onChange={setTexts} />
      {failure && (
        <div className="dialog-note">
          <Note kind="bad">{failure}</Note>
        </div>
      )}
    </Dialog>
  )
}
