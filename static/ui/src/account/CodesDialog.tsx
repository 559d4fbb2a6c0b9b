import { useState } from "react"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Note } from "../shared/Note"

/** Recovery codes, the only time they can be read. */
export function CodesDialog({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(codes.join("\n"))
    setCopied(true)
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Your recovery codes"
      footer={
        <>
          <Button icon={copied ? "check" : "copy"} onClick={() => void copy()}>
            {copied ? "Copied" : "Copy"}
          </Button>
          <Button variant="primary" onClick={onClose}>
            I have kept them
          </Button>
        </>
      }
    >
      <p className="sm muted">
        Each signs you in once when your other second factors are lost. Keep them where you keep passwords.
      </p>
      <ul className="recovery-codes" aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Note kind="warn">They cannot be shown again.</Note>
    </Dialog>
  )
}
