import { useState } from "react"
import { LoadError } from "../shell/LoadError"
import { Button } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { ago, moment, until } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { toast } from "../shared/toast"
import { endRotation, useRefreshCredentials, useRotation } from "./api"
import { asRotationStatus, lookedAfter } from "./rotation"
import type { Credential, Rotation, RotationPolicy } from "./types"

/** How the credential is renewed, and what came of it. Nothing where it never was. */
export function RotationCard({ credential }: { credential: Credential }) {
  const rotation = useRotation(credential.id)
  const [ending, setEnding] = useState(false)
  if (rotation.isPending) return null
  if (rotation.isError)
    return (
      <LoadError what="how it is renewed" error={rotation.error} onRetry={() => void rotation.refetch()} />
    )
  const { policy, rotations } = rotation.data
  if (!policy && rotations.length === 0) return null
  return (
    <section className="card list-card" aria-labelledby="rotation-title">
      <header>
        <h2 id="rotation-title">Rotation</h2>
        {policy && credential.can.includes("credential.edit") && (
          <span className="end">
            <Button onClick={() => setEnding(true)}>Stop</Button>
          </span>
        )}
      </header>
      {policy ? <Policy policy={policy} /> : <p className="body sm muted">Nobody looks after it now.</p>}
      {rotations.map((item) => (
        <Row key={item.id} rotation={item} />
      ))}
      {ending && <EndRotation credential={credential} onClose={() => setEnding(false)} />}
    </section>
  )
}

function Policy({ policy }: { policy: RotationPolicy }) {
  const now = useNow(30_000)
  const who = policy.principal?.name || policy.principal?.email
  return (
    <div className="body sm">
      <p>
        {lookedAfter(policy)}
        {who && `, in the name of ${who}`}.
        {policy.next_at && (
          <>
            {" "}
            Next look{" "}
            <span title={moment(policy.next_at)}>
              {new Date(policy.next_at) > now ? until(policy.next_at, now) : "now"}
            </span>
            .
          </>
        )}
      </p>
      {policy.last_reason && <p className="muted">{policy.last_reason}</p>}
    </div>
  )
}

function Row({ rotation }: { rotation: Rotation }) {
  const now = useNow(30_000)
  return (
    <div className="use">
      <Icon name={rotation.status === "success" ? "check" : "warn"} size={14} />
      <span className="cut" title={rotation.reason}>
        <span className="med">{asRotationStatus(rotation.status)}</span>{" "}
        <span className="muted">
          {rotation.is_in_force ? `version ${rotation.to_version} from ${rotation.source}` : rotation.reason}
        </span>
      </span>
      <span className="subtle xs" title={moment(rotation.started_at)}>
        {ago(rotation.started_at, now)}
      </span>
    </div>
  )
}

function EndRotation({ credential, onClose }: { credential: Credential; onClose: () => void }) {
  const refresh = useRefreshCredentials()
  return (
    <ConfirmDialog
      title={`Stop renewing “${credential.name}”`}
      action="Stop"
      onClose={onClose}
      onConfirm={async () => {
        await endRotation(credential.id)
        toast(`“${credential.name}” is not looked after any more.`, { icon: "key" })
        onClose()
        await refresh()
      }}
    >
      <p>The value in force stays. A step that runs again sets it up again.</p>
    </ConfirmDialog>
  )
}
