import { useState } from "react"
import { fieldErrors, failureText } from "../api/fieldErrors"
import { Button } from "../shared/Button"
import { Field, TextArea } from "../shared/Field"
import { Icon } from "../shared/icons/Icon"
import { Note } from "../shared/Note"
import { Prose } from "../shared/Prose"
import { toast } from "../shared/toast"
import { castVote, useRefreshApprovals } from "./api"
import type { ApprovalDetail, Vote } from "./types"

/** The decision, for who may; for others why they may not. */
export function Decide({ approval }: { approval: ApprovalDetail }) {
  const refresh = useRefreshApprovals()
  const [comment, setComment] = useState("")
  const [busy, setBusy] = useState<Vote | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  if (!approval.may_act) {
    return (
      <Note icon="lock">
        <Prose text={approval.why} />
      </Note>
    )
  }
  const needsComment = approval.comment === "required" && !comment.trim()
  const refusal = needsComment && "This decision needs a comment."
  const decide = async (vote: Vote) => {
    setBusy(vote)
    setFailure(null)
    try {
      await castVote(approval.id, vote, comment.trim())
      toast(vote === "approve" ? "Approved." : "Rejected.", { icon: "usercheck" })
    } catch (reason) {
      setFailure(reason)
    } finally {
      setBusy(null)
      await refresh()
    }
  }
  return (
    <section className="decide" aria-label="Your decision">
      <Field
        label="Comment"
        required={approval.comment === "required"}
        error={fieldErrors(failure).comment}
        hint="It is kept with the decision, and the run carries it on."
      >
        {(control) => (
          <TextArea
            {...control}
            maxLength={2_000}
            value={comment}
            onChange={({ target }) => setComment(target.value)}
          />
        )}
      </Field>
      {failure !== null && !fieldErrors(failure).comment && (
        <Note kind="bad">{failureText(failure, "The decision was not taken.")}</Note>
      )}
      <div className="row g2">
        <Button
          variant="primary"
          icon="check"
          busy={busy === "approve"}
          disabledReason={refusal}
          onClick={() => void decide("approve")}
        >
          Approve
        </Button>
        <Button
          variant="danger"
          icon="x"
          busy={busy === "reject"}
          disabledReason={refusal}
          onClick={() => void decide("reject")}
        >
          Reject
        </Button>
        <span className="end xs subtle row g1">
          <Icon name="info" size={12} />
          <span>
            <Prose text={approval.why} />
          </span>
        </span>
      </div>
    </section>
  )
}
