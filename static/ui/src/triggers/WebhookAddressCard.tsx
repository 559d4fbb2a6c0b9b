import { useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import { LoadError } from "../shell/LoadError"
import { Button } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { CopyField } from "../shared/CopyField"
import { toast } from "../shared/toast"
import { rotateAddress, useWebhookAddress } from "./api"

/** The address to call, shown when asked for: whoever has it can call it. */
export function WebhookAddressCard({ id, mayRotate }: { id: string; mayRotate: boolean }) {
  const client = useQueryClient()
  const [shown, setShown] = useState(false)
  const [rotating, setRotating] = useState(false)
  const address = useWebhookAddress(id, shown)
  if (!shown) {
    return (
      <Button size="sm" icon="eye" onClick={() => setShown(true)}>
        Show the address
      </Button>
    )
  }
  if (address.isError)
    return <LoadError what="the address" error={address.error} onRetry={() => void address.refetch()} />
  if (!address.data) return null
  return (
    <>
      <CopyField
        label="Address"
        text={address.data.url}
        hint="Whoever knows it can call it: keep it as a secret."
      />
      {mayRotate && (
        <span>
          <Button size="sm" icon="retry" onClick={() => setRotating(true)}>
            New address
          </Button>
        </span>
      )}
      {rotating && (
        <ConfirmDialog
          title="A new address"
          action="Make a new address"
          onClose={() => setRotating(false)}
          onConfirm={async () => {
            client.setQueryData(["trigger", id, "address"], await rotateAddress(id))
            setRotating(false)
            toast("The webhook has a new address.")
          }}
        >
          <p>The address of now stops working at once: calls to it are answered with 404.</p>
        </ConfirmDialog>
      )}
    </>
  )
}
