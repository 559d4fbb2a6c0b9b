import { useState } from "react"
import { failureText, fieldErrors } from "../api/fieldErrors"
import { ENDS, endOf, type End } from "../access/ends"
import type { AccessRequest } from "../access/types"
import { Button } from "../shared/Button"
import { Field, SelectInput, TextArea } from "../shared/Field"
import { Note } from "../shared/Note"
import { toast } from "../shared/toast"
import { decideRequest, useRefreshRequests, type Answer as Given } from "./api"

/** Grants or refuses what somebody asks for. */
export function Answer({ request }: { request: AccessRequest }) {
  const refresh = useRefreshRequests()
  const [end, setEnd] = useState<End>("week")
  const [answer, setAnswer] = useState("")
  const [busy, setBusy] = useState<Given["outcome"] | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const errors = fieldErrors(failure)
  const decide = async (outcome: Given["outcome"]) => {
    setBusy(outcome)
    setFailure(null)
    try {
      const expires = outcome === "granted" ? endOf(end, new Date()) : null
      await decideRequest(request.id, { outcome, expires_at: expires, answer: answer.trim() })
      toast(outcome === "granted" ? "Granted." : "Refused.", { icon: "lock" })
    } catch (reason) {
      setFailure(reason)
    } finally {
      setBusy(null)
      await refresh()
    }
  }
  return (
    <section className="answer" aria-label="Your answer">
      <Field label="If granted, it ends" error={errors.expires_at}>
        {(control) => (
          <SelectInput
            {...control}
            choices={ENDS}
            value={end}
            onChange={({ target }) => setEnd(target.value as End)}
          />
        )}
      </Field>
      <Field label="Answer" error={errors.answer} hint="Whoever asked reads it.">
        {(control) => (
          <TextArea
            {...control}
            rows={2}
            maxLength={1_000}
            value={answer}
            onChange={({ target }) => setAnswer(target.value)}
          />
        )}
      </Field>
      {failure !== null && Object.keys(errors).length === 0 && (
        <Note kind="bad">{failureText(failure, "The answer was not taken.")}</Note>
      )}
      <div className="row g2">
        <Button
          variant="primary"
          icon="check"
          busy={busy === "granted"}
          disabledReason={busy === "refused" && "The answer is on its way."}
          onClick={() => void decide("granted")}
        >
          Grant
        </Button>
        <Button
          variant="danger"
          icon="x"
          busy={busy === "refused"}
          disabledReason={busy === "granted" && "The answer is on its way."}
          onClick={() => void decide("refused")}
        >
          Refuse
        </Button>
      </div>
    </section>
  )
}
