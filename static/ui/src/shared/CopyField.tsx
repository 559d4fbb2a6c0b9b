import { useState } from "react"
import { Button } from "./Button"
import { Field, TextInput } from "./Field"
import "./CopyField.css"

interface Props {
  label: string
  text: string
  hint?: string
}

/** A text to be used elsewhere: shown whole, copied by one press. */
export function CopyField({ label, text, hint }: Props) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), 2_000)
  }
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <span className="copy-field">
          <TextInput {...control} mono readOnly value={text} onFocus={(event) => event.target.select()} />
          <Button icon={copied ? "check" : "copy"} onClick={() => void copy()} aria-label={`Copy ${label}`}>
            {copied ? "Copied" : "Copy"}
          </Button>
        </span>
      )}
    </Field>
  )
}
