import { useState } from "react"
import type { NewApiToken } from "../api/types"
import { Button } from "../shared/Button"
import { Note } from "../shared/Note"

interface Props {
  token: NewApiToken
  onClose: () => void
}

/** A new token, the only time it can be read. */
export function TokenOnce({ token, onClose }: Props) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(token.token)
    setCopied(true)
  }
  return (
    <div className="new-token" role="status">
      <Note kind="accent" icon="key">
        <div className="new-token-text">
          <span>
            <b className="med">Copy “{token.name}” now.</b> Only a hash of it is kept, so it cannot be shown
            again.
          </span>
          <span className="new-token-line">
            <code>{token.token}</code>
            <Button icon={copied ? "check" : "copy"} onClick={() => void copy()}>
              {copied ? "Copied" : "Copy"}
            </Button>
            <Button variant="ghost" onClick={onClose}>
              Done
            </Button>
          </span>
        </div>
      </Note>
    </div>
  )
}
