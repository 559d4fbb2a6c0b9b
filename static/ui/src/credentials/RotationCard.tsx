import { lazy, Suspense, useEffect, useRef, useState } from "react"
import { LoadError } from "../shell/LoadError"
import { Button } from "../shared/Button"
import { Badge } from "../shared/Badge"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { ago, moment, until } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { toast } from "../shared/toast"
import { endRotation, rollBack, useRefreshCredentials, useRotation } from "./api"
import { RotateDialog } from "./RotateDialog"
import { asRotationStatus, goingOn, lookedAfter } from "./rotation"
import { RotationSteps } from "./RotationSteps"
import type { Credential, Rotation, RotationPolicy } from "./types"
import "./RotationCard.css"

const RotationDialog = lazy(() => import("./RotationDialog"))

type Open = "set-up" | "rotate" | "end" | "back" | null

/** How the credential is renewed, and what came of it. */
export function RotationCard({ credential }: { credential: Credential }) {
  const rotation = useRotation(credential.id)
  const [open, setOpen] = useState<Open>(null)
  useNews(rotation.data?.rotations[0])
  if (rotation.isPending) return null
  if (rotation.isError)
    return (
      <LoadError what="how it is renewed" error={rotation.error} onRetry={() => void rotation.refetch()} />
    )
  const { policy, rotations } = rotation.data
  const mayEdit = credential.can.includes("credential.edit")
  if (!policy && rotations.length === 0 && !mayEdit) return null
  const [newest, ...others] = rotations
  const word = goingOn(newest)
  const close = () => setOpen(null)
  return (
    <section className="card list-card" aria-labelledby="rotation-title">
      <header>
        <h2 id="rotation-title">Rotation</h2>
        {word && <Badge kind="accent">{word}</Badge>}
        {mayEdit && (
          <span className="end row">
            {policy && (
              <Button size="sm" onClick={() => setOpen("end")}>
                Stop
              </Button>
            )}
            <Button size="sm" onClick={() => setOpen("set-up")}>
              {policy ? "Settings" : "Set up"}
            </Button>
            {policy && (
              <Button
                size="sm"
                icon="retry"
                disabledReason={word ? "A rotation is under way." : undefined}
                onClick={() => setOpen("rotate")}
              >
                Rotate now
              </Button>
            )}
          </span>
        )}
      </header>
      {!policy && <p className="body sm muted">Nobody looks after it.</p>}
      {newest && <RotationSteps rotation={newest} />}
      {policy && (
        <Foot
          policy={policy}
          newest={newest}
          onRollBack={mayEdit && newest?.can_roll_back ? () => setOpen("back") : null}
        />
      )}
      {others.map((item) => (
        <Row key={item.id} rotation={item} />
      ))}
      {open === "end" && <EndRotation credential={credential} onClose={close} />}
      {open === "rotate" && <RotateDialog credential={credential} onClose={close} />}
      {open === "back" && newest && <RollBack credential={credential} newest={newest} onClose={close} />}
      {open === "set-up" && (
        <Suspense>
          <RotationDialog credential={credential} policy={policy} onClose={close} />
        </Suspense>
      )}
    </section>
  )
}

/** What comes of a rotation changes the credential, too. */
function useNews(newest: Rotation | undefined) {
  const refresh = useRefreshCredentials()
  const stands = newest && `${newest.id} ${newest.status}`
  const seen = useRef(stands)
  useEffect(() => {
    if (seen.current !== undefined && seen.current !== stands) void refresh()
    seen.current = stands
  }, [stands, refresh])
}

interface FootProps {
  policy: RotationPolicy
  newest: Rotation | undefined
  onRollBack: (() => void) | null
}

function Foot({ policy, newest, onRollBack }: FootProps) {
  const now = useNow(30_000)
  const who = policy.principal?.name || policy.principal?.email
  return (
    <div className="rotation-foot">
      <span className="sm">
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
        {!newest && policy.last_reason && <span className="muted"> {policy.last_reason}</span>}
      </span>
      {onRollBack && newest && (
        <Button size="sm" variant="danger" icon="undo" onClick={onRollBack}>
          Roll back to {newest.from_version}
        </Button>
      )}
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
          {rotation.status === "success"
            ? `version ${rotation.to_version} from ${rotation.source}`
            : rotation.reason}
        </span>
      </span>
      <span className="subtle xs" title={moment(rotation.started_at)}>
        {ago(rotation.started_at, now)}
      </span>
    </div>
  )
}

interface RollBackProps {
  credential: Credential
  newest: Rotation
  onClose: () => void
}

function RollBack({ credential, newest, onClose }: RollBackProps) {
  const refresh = useRefreshCredentials()
  return (
    <ConfirmDialog
      title={`Roll “${credential.name}” back to version ${newest.from_version}`}
      action="Roll back"
      onClose={onClose}
      onConfirm={async () => {
        await rollBack(credential.id)
        toast(`“${credential.name}” goes back to version ${newest.from_version}.`, { icon: "key" })
        onClose()
        await refresh()
      }}
    >
      <p>
        Version {newest.from_version} comes into force again, and version {newest.to_version} stops working
        where it is used. Steps that hold it fail or ask again.
      </p>
    </ConfirmDialog>
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
