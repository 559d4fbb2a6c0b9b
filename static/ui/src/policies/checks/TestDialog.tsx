import { useState } from "react"
import { failureText, fieldErrors } from "../../api/fieldErrors"
import { Button } from "../../shared/Button"
import { Dialog } from "../../shared/Dialog"
import { LineField } from "../../shared/fields/LineField"
import { Note } from "../../shared/Note"
import { RadioList } from "../../shared/RadioList"
import { addTestCase, changeTestCase } from "../api"
import { NO_QUESTION, questionOf, testOf, whyNotAsked } from "../model/question"
import type { Vocabulary } from "../model/vocabulary"
import { QuestionForm } from "../simulator/QuestionForm"
import type { Asked } from "../types"
import "../simulator/Simulator.css"

export interface TestDraft {
  /** Null: a new one. */
  id: string | null
  name: string
  expected: boolean
  asked: Asked | null
}

interface Props {
  policy: string
  test: TestDraft
  words: Vocabulary
  onSaved: () => void
  onClose: () => void
}

const ANSWERS = [
  { value: "allow", label: "It is allowed" },
  { value: "deny", label: "It is denied" },
] as const

/** A test case: a question and the answer that is expected. */
export function TestDialog({ policy, test, words, onSaved, onClose }: Props) {
  const [name, setName] = useState(test.name)
  const [expected, setExpected] = useState(test.expected)
  const [question, setQuestion] = useState(test.asked ? questionOf(test.asked) : NO_QUESTION)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const errors = fieldErrors(failure)
  const lacks = (!name.trim() && "Give it a name.") || whyNotAsked(question)
  const save = async () => {
    const asked = testOf(question, words)
    if (lacks || busy || !asked) return
    setBusy(true)
    setFailure(null)
    const written = { ...asked, name: name.trim(), expected }
    try {
      await (test.id ? changeTestCase(policy, test.id, written) : addTestCase(policy, written))
      onSaved()
    } catch (reason) {
      setFailure(reason)
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={test.id ? "Change the test" : "New test"}
      width={680}
      onSubmit={() => void save()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy} disabledReason={lacks}>
            {test.id ? "Save" : "Add"}
          </Button>
        </>
      }
    >
      <LineField
        label="Name"
        required
        maxLength={200}
        placeholder="Analyst in New York sees a run’s data"
        value={name}
        error={errors.name}
        onChange={setName}
      />
      <QuestionForm question={question} words={words} isStated errors={errors} onChange={setQuestion} />
      <RadioList
        label="Expected"
        choices={ANSWERS}
        value={expected ? "allow" : "deny"}
        onChange={(answer) => setExpected(answer === "allow")}
      />
      {failure !== null && (
        <div className="dialog-note">
          <Note kind="bad">{failureText(failure, "The test could not be saved.")}</Note>
        </div>
      )}
    </Dialog>
  )
}
