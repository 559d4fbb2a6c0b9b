import { useState } from "react"
import { LoadError } from "../shell/LoadError"
import { Badge } from "../shared/Badge"
import { Button } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { ago, date, moment } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { SkeletonRows } from "../shared/Skeleton"
import { toast } from "../shared/toast"
import { endOtherSessions, endSession, useRefreshIdentity, useSessions, type Session } from "./identityApi"

/** Where one is signed in, and the end of it. */
export function SessionsCard() {
  const sessions = useSessions()
  const refresh = useRefreshIdentity()
  const [ending, setEnding] = useState<Session | "others" | null>(null)
  const others = sessions.data?.filter((session) => !session.is_current) ?? []
  const end = async (ends: () => Promise<void>, what: string) => {
    await ends()
    await refresh()
    setEnding(null)
    toast(what)
  }
  return (
    <section className="card list-card" aria-labelledby="sessions-title">
      <header>
        <h2 id="sessions-title">Sessions</h2>
        <span className="xs subtle">browsers in which you are signed in</span>
        {others.length > 0 && (
          <span className="end">
            <Button size="sm" onClick={() => setEnding("others")}>
              Sign out everywhere else
            </Button>
          </span>
        )}
      </header>
      {sessions.isPending && (
        <div className="body">
          <SkeletonRows rows={2} />
        </div>
      )}
      {sessions.isError && (
        <LoadError what="the sessions" error={sessions.error} onRetry={() => void sessions.refetch()} />
      )}
      {sessions.data && <SessionTable sessions={sessions.data} onEnd={setEnding} />}
      {ending === "others" && (
        <ConfirmDialog
          title="Sign out everywhere else"
          action="Sign out"
          onClose={() => setEnding(null)}
          onConfirm={() => end(endOtherSessions, "You are signed in here alone.")}
        >
          <p>All other browsers have to sign in again. This one stays.</p>
        </ConfirmDialog>
      )}
      {ending && ending !== "others" && (
        <ConfirmDialog
          title={`Sign out ${ending.device}`}
          action="Sign out"
          onClose={() => setEnding(null)}
          onConfirm={() => end(() => endSession(ending.id), `${ending.device} is signed out.`)}
        >
          <p>Pages that are open there end at once.</p>
        </ConfirmDialog>
      )}
    </section>
  )
}

interface TableProps {
  sessions: readonly Session[]
  onEnd: (session: Session) => void
}

function SessionTable({ sessions, onEnd }: TableProps) {
  const now = useNow(60_000)
  return (
    <table className="list" aria-label="Sessions">
      <thead>
        <tr>
          <th scope="col">Browser</th>
          <th scope="col">Address</th>
          <th scope="col">Since</th>
          <th scope="col">Last seen</th>
          <th scope="col">
            <span className="sr">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {sessions.map((session) => (
          <tr key={session.id}>
            <td>
              <span className="title cut">{session.device}</span>{" "}
              {session.is_current && <Badge kind="accent">this one</Badge>}
            </td>
            <td>
              <code className="xs muted">{session.ip ?? "unknown"}</code>
            </td>
            <td className="muted" title={moment(session.since)}>
              {date(session.since, now)}
            </td>
            <td className="muted">{session.is_current ? "now" : ago(session.seen_at, now)}</td>
            <td className="row-actions">
              {!session.is_current && (
                <Button
                  size="sm"
                  variant="danger"
                  aria-label={`Sign out ${session.device}`}
                  onClick={() => onEnd(session)}
                >
                  Sign out
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
