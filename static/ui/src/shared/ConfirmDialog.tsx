import { useState, type ReactNode } from "react"
import { Button } from "./Button"
import { Dialog } from "./Dialog"
import { Note } from "./Note"

interface Props {
  title: string
  /** What happens, with the count. */
  children: ReactNode
  action: string
  /** What is lost is red; what is only grave is not. */
  variant?: "danger" | "primary"
  onConfirm: () => Promise<void>
  onClose: () => void
}

/** Before something of weight: names the effect, and shows why it failed when it did. */
export function ConfirmDialog({ title, children, action, variant = "danger", onConfirm, onClose }: Props) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const confirm = async () => {
    setBusy(true)
    setError(null)
    try {
      await onConfirm()
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : "It did not work.")
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      footer={
        <>
          <Button onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button
            variant={variant}
            className={variant === "danger" ? "solid" : undefined}
            busy={busy}
            onClick={() => void confirm()}
          >
            {action}
          </Button>
        </>
      }
    >
      {children}
      {error && (
        <div className="dialog-note">
          <Note kind="bad">{error}</Note>
        </div>
      )}
    </Dialog>
  )
}
