import { plural } from "../shared/format"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { Note } from "../shared/Note"
import { SkeletonRows } from "../shared/Skeleton"
import { toast } from "../shared/toast"
import { LoadError } from "../shell/LoadError"
import { rotateNow, useImpact, useRefreshCredentials } from "./api"
import type { Credential, RotationImpact } from "./types"

/** Says what a rotation would do and touch before it is asked for. */
export function RotateDialog({ credential, onClose }: { credential: Credential; onClose: () => void }) {
  const impact = useImpact(credential.id)
  const refresh = useRefreshCredentials()
  return (
    <ConfirmDialog
      title={`Rotate “${credential.name}” now`}
      action="Rotate"
      variant="primary"
      onClose={onClose}
      onConfirm={async () => {
        await rotateNow(credential.id)
        toast(`“${credential.name}” is being renewed.`, { icon: "key" })
        onClose()
        await refresh()
      }}
    >
      {impact.isPending && <SkeletonRows rows={4} height={20} />}
      {impact.isError && (
        <LoadError what="what it would touch" error={impact.error} onRetry={() => void impact.refetch()} />
      )}
      {impact.data && <Impact impact={impact.data} />}
    </ConfirmDialog>
  )
}

function Impact({ impact }: { impact: RotationImpact }) {
  const places = impact.workflows.length + impact.hidden
  return (
    <>
      <p>
        <span className="med">
          {plural(places, "workflow")}, {impact.running} running now
        </span>
        {impact.workflows.length > 0 && `: ${impact.workflows.map((each) => each.name).join(", ")}`}
        {impact.hidden > 0 && ` and ${impact.hidden} that you may not see`}.
      </p>
      {impact.refused && (
        <div className="dialog-note">
          <Note kind="bad">{impact.refused}</Note>
        </div>
      )}
      <ol className="rotation-plan">
        {impact.plan.map((step) => (
          <li key={step.step}>{step.words}</li>
        ))}
      </ol>
      {!impact.overlaps && (
        <div className="dialog-note">
          <Note kind="warn">
            The value before stops working as soon as the new one is set: steps in between may fail.
          </Note>
        </div>
      )}
    </>
  )
}
