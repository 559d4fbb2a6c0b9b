import { Link } from "wouter"
import { Opened } from "../shell/Opened"
import { Avatar } from "../shared/Avatar"
import { IconButton } from "../shared/Button"
import { ago, moment, until } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { DetailPane } from "../shared/ListDetail"
import { StateMark } from "../shared/StateMark"
import { useApproval } from "./api"
import { ApprovalInput } from "./ApprovalInput"
import { Decide } from "./Decide"
import type { ApprovalDetail, CastVote } from "./types"
import { askedWords, countWords, isApproval, markOf } from "./words"

interface Props {
  id: string
  onClose: () => void
}

/** One approval: what is asked, with what, who may decide, and the decision. */
export function ApprovalDetailPane({ id, onClose }: Props) {
  const approval = useApproval(id)
  return (
    <DetailPane label="Approval">
      <Opened what="approval" gone="Its run may have been deleted." query={approval} onClose={onClose}>
        {(found) => <Loaded approval={found} onClose={onClose} />}
      </Opened>
    </DetailPane>
  )
}

function Loaded({ approval, onClose }: { approval: ApprovalDetail; onClose: () => void }) {
  const now = useNow(15_000)
  const { mark, label } = markOf(approval.status)
  const counted = countWords(approval)
  const by = approval.requested_by?.name || approval.requested_by?.email
  return (
    <>
      <header className="detail-head">
        <span className="tile lg is-flow">
          <Icon name="usercheck" />
        </span>
        <div className="col grow">
          <h2>{approval.title || approval.node}</h2>
          <span className="xs subtle cut">
            <Link className="linkish" href={`/workflows/${approval.workflow.id}`}>
              {approval.workflow.name}
            </Link>
            {" · "}
            <Link className="linkish" href={`/runs/${approval.run.id}`}>
              Run {approval.run.number}
            </Link>
          </span>
        </div>
        <IconButton label="Close" icon="x" variant="ghost" onClick={onClose} />
      </header>
      <div className="detail-in">
        <div className="row g3">
          <StateMark status={mark} pill label={label} />
          {counted && <span className="sm muted">{counted}</span>}
          <span className="end xs subtle">
            asked {ago(approval.created_at, now)}
            {by && ` by ${by}`}
            {approval.status === "pending" && approval.expires_at && (
              <span title={moment(approval.expires_at)}> · expires {until(approval.expires_at, now)}</span>
            )}
          </span>
        </div>
        {approval.message && <p className="approval-message">{approval.message}</p>}
        <ApprovalInput approval={approval} />
        {approval.votes.length > 0 && <Votes votes={approval.votes} />}
        {approval.status === "pending" && <Decide approval={approval} />}
        <p className="xs subtle">Asked: {askedWords(approval.approvers)}.</p>
      </div>
    </>
  )
}

function Votes({ votes }: { votes: readonly CastVote[] }) {
  return (
    <ul className="card votes" aria-label="Decisions">
      {votes.map((vote) => {
        const name = vote.user?.name || vote.name
        return (
          <li key={`${name} ${vote.at}`}>
            <Avatar name={name} />
            <span className="grow">
              <b className="med">{name}</b> {isApproval(vote) ? "approved" : "rejected"}
              {vote.comment && <span className="vote-comment">{vote.comment}</span>}
            </span>
            <span className="xs subtle num">{moment(vote.at)}</span>
          </li>
        )
      })}
    </ul>
  )
}
