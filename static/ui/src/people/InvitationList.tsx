import { useState } from "react"
import { Badge } from "../shared/Badge"
import { Button } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { moment, until } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { ListTable } from "../shared/ListTable"
import { toast } from "../shared/toast"
import { takeBack, useInvitations, useRefreshPeople } from "./api"
import { InviteDialog } from "./InviteDialog"
import type { Invitation } from "./types"

const COLUMNS = [
  "Invited",
  "Roles",
  { label: "By", look: "wide-only" },
  "Ends",
  { label: <span className="sr">Actions</span> },
]

/** Who was asked to join and has not answered; nothing when nobody is. */
export function InvitationList() {
  const now = useNow(60_000)
  const refresh = useRefreshPeople()
  const invitations = useInvitations(true).data ?? []
  const [again, setAgain] = useState<Invitation | null>(null)
  const [ending, setEnding] = useState<Invitation | null>(null)
  if (invitations.length === 0 && !again) return null
  return (
    <section className="card list-card invitations" aria-label="Open invitations">
      <ListTable label="Open invitations" columns={COLUMNS}>
        {invitations.map((invitation) => (
          <tr key={invitation.id}>
            <td>
              <span className="title cut">{invitation.email}</span>
            </td>
            <td>
              <span className="row g1 wrap">
                {invitation.roles.map((role) => (
                  <Badge key={role.key}>{role.label}</Badge>
                ))}
                {invitation.roles.length === 0 && <span className="subtle">none</span>}
              </span>
            </td>
            <td className="wide-only muted">{invitation.invited_by?.name ?? ""}</td>
            <td className="muted nowrap" title={moment(invitation.expires_at)}>
              {invitation.is_expired ? <Badge kind="warn">too old</Badge> : until(invitation.expires_at, now)}
            </td>
            <td className="row-actions">
              <span className="row g2">
                <Button
                  size="sm"
                  aria-label={`Invite ${invitation.email} again`}
                  onClick={() => setAgain(invitation)}
                >
                  Again
                </Button>
                <Button
                  size="sm"
                  variant="danger"
                  aria-label={`Take back the invitation of ${invitation.email}`}
                  onClick={() => setEnding(invitation)}
                >
                  Take back
                </Button>
              </span>
            </td>
          </tr>
        ))}
      </ListTable>
      {again && (
        <InviteDialog
          email={again.email}
          roles={again.roles.map((role) => role.key)}
          onClose={() => setAgain(null)}
        />
      )}
      {ending && (
        <ConfirmDialog
          title={`Take back the invitation of ${ending.email}`}
          action="Take back"
          onClose={() => setEnding(null)}
          onConfirm={async () => {
            await takeBack(ending.id)
            await refresh()
            setEnding(null)
            toast("The invitation is taken back.", { icon: "user" })
          }}
        >
          <p>The link that was sent works no more.</p>
        </ConfirmDialog>
      )}
    </section>
  )
}
