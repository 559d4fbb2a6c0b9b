import { useState } from "react"
import { LoadError } from "../shell/LoadError"
import { Badge } from "../shared/Badge"
import { Button } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { ago, moment } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { SkeletonRows } from "../shared/Skeleton"
import { toast } from "../shared/toast"
import { endPersonSession, endPersonSessions, usePersonSessions, useRefreshPeople } from "./api"
import type { Member, Session } from "./types"

/** Where somebody is signed in, and the end of it. */
export function PersonSessions({ person }: { person: Member }) {
  const now = useNow(60_000)
  const sessions = usePersonSessions(person.id)
  const refresh = useRefreshPeople()
  const [ending, setEnding] = useState<Session | "all" | null>(null)
  const name = person.name || person.email
  const end = async (ends: () => Promise<void>) => {
    await ends()
    await refresh()
    setEnding(null)
    toast(`${name} is signed out there.`, { icon: "user" })
  }
  const others = sessions.data?.filter((session) => !session.is_current) ?? []
  if (sessions.isPending) return <SkeletonRows rows={2} />
  if (!sessions.data) {
    return <LoadError what="the sessions" error={sessions.error} onRetry={() => void sessions.refetch()} />
  }
  if (sessions.data.length === 0) return <p className="sm muted">{name} is not signed in anywhere.</p>
  return (
    <>
      <ul className="session-list">
        {sessions.data.map((session) => (
          <li key={session.id} className="row g3">
            <span className="col grow">
              <span className="row g2">
                <b className="med cut">{session.device}</b>
                {session.is_current && <Badge kind="accent">this one</Badge>}
              </span>
              <span className="xs subtle" title={moment(session.seen_at)}>
                {session.ip ?? "address unknown"} · seen {ago(session.seen_at, now)}
              </span>
            </span>
            {!session.is_current && (
              <Button
                size="sm"
                variant="danger"
                aria-label={`Sign out ${session.device}`}
                onClick={() => setEnding(session)}
              >
                Sign out
              </Button>
            )}
          </li>
        ))}
      </ul>
      {others.length > 1 && (
        <div className="row">
          <Button onClick={() => setEnding("all")}>Sign out everywhere</Button>
        </div>
      )}
      {ending && (
        <ConfirmDialog
          title={ending === "all" ? `Sign ${name} out everywhere` : `Sign out ${ending.device}`}
          action="Sign out"
          onClose={() => setEnding(null)}
          onConfirm={() =>
            end(() =>
              ending === "all" ? endPersonSessions(person.id) : endPersonSession(person.id, ending.id),
            )
          }
        >
          <p>Pages that are open there end at once. They can sign in again.</p>
        </ConfirmDialog>
      )}
    </>
  )
}
