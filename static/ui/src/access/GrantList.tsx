import { useState } from "react"
import type { Workflow } from "../api/types"
import { Avatar } from "../shared/Avatar"
import { IconButton } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { moment, until } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { toast } from "../shared/toast"
import { LoadError } from "../shell/LoadError"
import { endGrant, useGrants, useRefreshAccess } from "./api"
import { bundleWords } from "./bundles"
import type { Grant } from "./types"

const nameOf = ({ user, role }: Grant): string => user?.name || user?.email || role?.label || "Somebody"

/** With whom a workflow is shared, until when, and the way to end it. */
export function GrantList({ workflow }: { workflow: Workflow }) {
  const now = useNow(30_000)
  const list = useGrants(workflow.id)
  const refresh = useRefreshAccess()
  const [ending, setEnding] = useState<Grant | null>(null)
  const grants = list.data?.pages.flatMap((page) => page.results) ?? []
  if (list.isError)
    return <LoadError what="with whom it is shared" error={list.error} onRetry={() => void list.refetch()} />
  if (grants.length === 0) return <p className="xs subtle">Not shared beyond what roles and policies give.</p>
  const end = async (grant: Grant) => {
    await endGrant(workflow.id, grant.id)
    toast(`No longer shared with ${nameOf(grant)}.`, { icon: "user" })
    await refresh()
    setEnding(null)
  }
  return (
    <>
      <ul className="grants" aria-label="Shared with">
        {grants.map((grant) => (
          <li key={grant.id}>
            <Avatar name={nameOf(grant)} />
            <span className="col grow">
              <b className="med cut">
                {nameOf(grant)}
                {grant.role && <span className="subtle"> · role</span>}
              </b>
              <span className="xs subtle" title={grant.reason || undefined}>
                {bundleWords(grant.actions)}
                {grant.expires_at && (
                  <span title={moment(grant.expires_at)}> · ends {until(grant.expires_at, now)}</span>
                )}
              </span>
            </span>
            <IconButton
              variant="ghost"
              size="sm"
              icon="x"
              iconSize={12}
              label={`Stop sharing with ${nameOf(grant)}`}
              onClick={() => setEnding(grant)}
            />
          </li>
        ))}
      </ul>
      {ending && (
        <ConfirmDialog
          title={`Stop sharing with ${nameOf(ending)}?`}
          action="Stop sharing"
          onConfirm={() => end(ending)}
          onClose={() => setEnding(null)}
        >
          What roles and policies allow stays. It holds at once, also on pages that are open.
        </ConfirmDialog>
      )}
    </>
  )
}
