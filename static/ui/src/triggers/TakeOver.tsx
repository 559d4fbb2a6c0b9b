import { useState } from "react"
import { useMe } from "../api/me"
import { Button } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { toast } from "../shared/toast"
import { updateTrigger, useRefreshTriggers } from "./api"
import type { Trigger } from "./types"

/** Makes a trigger of somebody else one's own: its runs then have the rights of who took it over. */
export function TakeOver({ trigger }: { trigger: Trigger }) {
  const me = useMe()
  const refresh = useRefreshTriggers()
  const [asking, setAsking] = useState(false)
  if (!me) return null
  const before = trigger.run_as?.name || trigger.run_as?.email
  return (
    <>
      <Button size="sm" icon="usercheck" onClick={() => setAsking(true)}>
        Run as me
      </Button>
      {asking && (
        <ConfirmDialog
          title={`Take over “${trigger.name}”`}
          action="Run as me"
          variant="primary"
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await updateTrigger(trigger.id, { run_as: me.id })
            await refresh()
            toast(`“${trigger.name}” runs as you now.`, { icon: "usercheck" })
            setAsking(false)
          }}
        >
          <p>
            Runs that it starts act with your rights from now on
            {before && `, no longer with those of ${before}`}. What they may read and change, and which
            credentials they use, is what you may.
          </p>
        </ConfirmDialog>
      )}
    </>
  )
}
