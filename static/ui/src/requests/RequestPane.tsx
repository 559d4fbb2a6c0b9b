import { useState } from "react"
import { Link } from "wouter"
import { useMe } from "../api/me"
import { Opened } from "../shell/Opened"
import type { AccessRequest } from "../access/types"
import { Button, IconButton } from "../shared/Button"
import { ago, moment } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { DetailPane } from "../shared/ListDetail"
import { Note } from "../shared/Note"
import { StateMark } from "../shared/StateMark"
import { toast } from "../shared/toast"
import { useRefreshRequests, useRequest, withdrawRequest } from "./api"
import { Answer } from "./Answer"
import { actionWords, markOf, resourceWords } from "./words"

interface Props {
  id: string
  onClose: () => void
}

/** One request: who asks for what and why, and the answer. */
export function RequestPane({ id, onClose }: Props) {
  const request = useRequest(id)
  return (
    <DetailPane label="Request">
      <Opened what="request" query={request} onClose={onClose}>
        {(found) => <Loaded request={found} onClose={onClose} />}
      </Opened>
    </DetailPane>
  )
}

function Loaded({ request, onClose }: { request: AccessRequest; onClose: () => void }) {
  const now = useNow(15_000)
  const me = useMe()
  const { mark, label } = markOf(request.status)
  const page = request.resource_path
  const isMine = me?.id === request.user.id
  return (
    <>
      <header className="detail-head">
        <span className="tile lg is-govern">
          <Icon name="lock" />
        </span>
        <div className="col grow">
          <h2 className="cut">{request.user.name || request.user.email}</h2>
          <span className="xs subtle cut">{request.user.email}</span>
        </div>
        <IconButton label="Close" icon="x" variant="ghost" onClick={onClose} />
      </header>
      <div className="detail-in">
        <div className="row g3">
          <StateMark status={mark} pill label={label} />
          <span className="end xs subtle" title={moment(request.created_at)}>
            asked {ago(request.created_at, now)}
          </span>
        </div>
        <dl className="kv">
          <dt>Asks to</dt>
          <dd>{actionWords(request)}</dd>
          <dt>Of</dt>
          <dd>
            {page ? (
              <Link className="linkish" href={page}>
                {resourceWords(request)}
              </Link>
            ) : (
              resourceWords(request)
            )}
          </dd>
          <dt>Because</dt>
          <dd className="request-reason">{request.reason}</dd>
        </dl>
        <Decided request={request} />
        {request.can_decide && <Answer request={request} />}
        {request.status === "open" && !request.can_decide && !isMine && (
          <Note icon="lock">Others decide about this request.</Note>
        )}
        {request.status === "open" && isMine && <Withdraw id={request.id} />}
      </div>
    </>
  )
}

function Decided({ request }: { request: AccessRequest }) {
  if (request.status !== "granted" && request.status !== "refused") return null
  const by = request.decided_by?.name || request.decided_by?.email || "Somebody"
  const isGranted = request.status === "granted"
  return (
    <Note kind={isGranted ? "ok" : "info"} icon={isGranted ? "check" : "x"}>
      <b className="med">
        {by} {isGranted ? "granted it" : "refused it"}.
      </b>{" "}
      {request.answer}
      {isGranted && request.expires_at && <> It ends {moment(request.expires_at)}.</>}
    </Note>
  )
}

function Withdraw({ id }: { id: string }) {
  const refresh = useRefreshRequests()
  const [busy, setBusy] = useState(false)
  const withdraw = async () => {
    setBusy(true)
    try {
      await withdrawRequest(id)
    } catch (error) {
      toast(error instanceof Error ? error.message : "It could not be withdrawn.", { icon: "warn" })
    } finally {
      setBusy(false)
      await refresh()
    }
  }
  return (
    <div className="row g2">
      <Button busy={busy} onClick={() => void withdraw()}>
        Withdraw
      </Button>
      <span className="xs subtle">Whoever decides about access sees it until then.</span>
    </div>
  )
}
