import { useState } from "react"
import { Link } from "wouter"
import { Button } from "../shared/Button"
import { ago, moment, until } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { StateMark } from "../shared/StateMark"
import { toast } from "../shared/toast"
import { resend, useRefreshNotices } from "./api"
import type { Sending } from "./types"
import { OCCASION_LABELS, sendingMark, triesWords } from "./words"

/** What was sent, with the tries that it took. */
export function SendingTable({ sendings }: { sendings: readonly Sending[] }) {
  const now = useNow(10_000)
  return (
    <table className="list" aria-label="Notices sent">
      <thead>
        <tr>
          <th scope="col">Notice</th>
          <th scope="col">To</th>
          <th scope="col">State</th>
          <th scope="col">When</th>
          <th scope="col">
            <span className="sr">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {sendings.map((sending) => (
          <Row key={sending.id} sending={sending} now={now} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ sending, now }: { sending: Sending; now: Date }) {
  const { mark, label } = sendingMark(sending.status)
  // a try that is under way has its next one planned already, in case it is lost
  const waits = mark === "retrying" && sending.next_at && sending.last_error
  return (
    <tr>
      <td>
        <span className="title cut notice-title">{sending.subject || OCCASION_LABELS[sending.on]}</span>
        <span className="xs subtle cut">
          {sending.workflow?.name}
          {sending.run && (
            <>
              {" · "}
              <Link className="linkish" href={`/runs/${sending.run.id}`}>
                Run {sending.run.number}
              </Link>
            </>
          )}
        </span>
      </td>
      <td>
        <span className="row g1">
          <Icon name={sending.channel === "email" ? "mail" : "globe"} size={14} />
          <span className="cut notice-address" title={sending.address}>
            {sending.address}
          </span>
        </span>
      </td>
      <td>
        <StateMark status={mark} pill={mark !== "succeeded"} label={label} />
        <span className="xs subtle notice-tries">
          {triesWords(sending)}
          {waits && `, again ${until(sending.next_at as string, now)}`}
        </span>
        {sending.last_error && mark !== "succeeded" && (
          <span className="xs failed cut notice-error" title={sending.last_error}>
            {sending.last_error}
          </span>
        )}
      </td>
      <td className="muted" title={moment(sending.sent_at ?? sending.created_at)}>
        {ago(sending.sent_at ?? sending.created_at, now)}
      </td>
      <td className="row-actions">
        <span className="row">
          <Resend sending={sending} />
        </span>
      </td>
    </tr>
  )
}

function Resend({ sending }: { sending: Sending }) {
  const refresh = useRefreshNotices()
  const [busy, setBusy] = useState(false)
  if (!sending.can.includes("notification.manage") || sending.status === "pending") return null
  const again = async () => {
    setBusy(true)
    try {
      await resend(sending.id)
      toast(`It is sent again to ${sending.address}.`, { icon: "mail" })
      await refresh()
    } catch (reason) {
      toast(reason instanceof Error ? reason.message : "It could not be sent again.", { icon: "warn" })
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button size="sm" icon="retry" busy={busy} onClick={() => void again()}>
      Send again
    </Button>
  )
}
