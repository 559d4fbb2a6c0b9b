import { useState } from "react"
import { failureText, fieldErrors } from "../api/fieldErrors"
import { useRefresh } from "../api/pages"
import { type ViewAs } from "../api/viewing"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { LineField } from "../shared/fields/LineField"
import { SelectField } from "../shared/fields/SelectField"
import { Note } from "../shared/Note"
import { Segmented } from "../shared/Segmented"
import { asWords } from "../shared/names"
import { toast } from "../shared/toast"
import { saveCase, usePolicyNames } from "./api"
import {
  decisive,
  firstRefused,
  isAllowed,
  nameOf,
  OF_STEP,
  OF_WORKFLOW,
  questionOf,
  refusedBy,
} from "./question"

interface Props {
  viewed: ViewAs
  /** The step that is chosen on the page. */
  step: string | null
  onClose: () => void
}

const EXPECTED = [
  { value: "allowed", label: "Allowed" },
  { value: "denied", label: "Denied" },
] as const

const WORKFLOW = ""

/** Keeps what is seen now as a question that a policy has to answer so before it can be active. */
export default function SaveTestDialog({ viewed, step: first, onClose }: Props) {
  const refresh = useRefresh("policies", "policy")
  const policies = usePolicyNames()
  const [step, setStep] = useState(first)
  const [action, setAction] = useState(firstRefused(viewed, first))
  const [turned, setTurned] = useState(false)
  const [named, setNamed] = useState<string | null>(null)
  const [chosen, setChosen] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const asked = { step, action }
  const expected = isAllowed(viewed, asked) !== turned
  const name = named ?? nameOf(viewed, asked, step === null ? "the workflow" : asWords(step), expected)
  const by = refusedBy(viewed, asked)
  const policy = chosen ?? policies.find((one) => "key" in one && one.key === by)?.value ?? policies[0]?.value
  const errors = fieldErrors(failure)
  const lacks = !policy ? "There is no policy yet to keep it with." : !name.trim() && "Give the test a name."
  const ask = (next: string | null) => {
    setStep(next)
    setAction(firstRefused(viewed, next))
    setTurned(false)
  }
  const save = async () => {
    if (lacks || busy || !policy) return
    setBusy(true)
    setFailure(null)
    try {
      const kept = await saveCase(policy, questionOf(viewed, decisive(viewed, asked), name.trim(), expected))
      await refresh()
      toast(
        kept.passed ? "The test is saved. It passes." : `The test is saved. It fails now: ${kept.reason}`,
        {
          icon: kept.passed ? "shieldcheck" : "warn",
        },
      )
      onClose()
    } catch (problem) {
      setFailure(problem)
      setBusy(false)
    }
  }
  const steps = Object.keys(viewed.nodes).map((id) => ({ value: id, label: asWords(id) }))
  return (
    <Dialog
      open
      onClose={onClose}
      title="Save as policy test"
      width={520}
      onSubmit={() => void save()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy} disabledReason={lacks}>
            Save test
          </Button>
        </>
      }
    >
      <p className="sm muted">
        The person is kept as they are now, with roles and attributes. The policy can only be active while it
        answers so.
      </p>
      <SelectField label="With the policy" choices={policies} value={policy ?? ""} onChange={setChosen} />
      <div className="view-pair">
        <SelectField
          label="About"
          choices={[{ value: WORKFLOW, label: "The workflow" }, ...steps]}
          value={step ?? WORKFLOW}
          onChange={(id) => ask(id === WORKFLOW ? null : id)}
        />
        <SelectField
          label="Asks to"
          choices={step === null ? OF_WORKFLOW : OF_STEP}
          value={action as (typeof OF_STEP)[number]["value"]}
          onChange={(next) => {
            setAction(next)
            setTurned(false)
          }}
        />
      </div>
      <div className="field">
        <span className="lab">Has to be</span>
        <Segmented
          label="Has to be"
          options={EXPECTED}
          value={expected ? "allowed" : "denied"}
          onChange={(answer) => setTurned((answer === "allowed") !== isAllowed(viewed, asked))}
        />
      </div>
      <LineField label="Name" value={name} error={errors.name} onChange={setNamed} />
      {failure !== null && !errors.name && (
        <Note kind="bad">{failureText(failure, "It could not be saved.")}</Note>
      )}
    </Dialog>
  )
}
