import { useState } from "react"
import { failureText } from "../api/fieldErrors"
import { ApiProblem } from "../api/problem"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, TextArea } from "../shared/Field"
import { FileDrop } from "../shared/FileDrop"
import { Note } from "../shared/Note"
import { Prose } from "../shared/Prose"
import { importPolicies } from "./api"
import { MAX_FILE_BYTES, readFile } from "./model/file"
import type { Imported } from "./types"

interface Props {
  onImported: (imported: Imported) => void
  onClose: () => void
}

/** Takes policies from a file: all of them as drafts, or none. */
export function ImportPoliciesDialog({ onImported, onClose }: Props) {
  const [text, setText] = useState("")
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const read = text.trim() ? readFile(text) : null
  const lacks = read === null ? "Choose a file or paste a document." : read.ok ? null : read.message
  const take = async (file: File) => {
    setFailure(null)
    if (file.size > MAX_FILE_BYTES) return setFailure(new Error("This file is larger than 5 MB."))
    setText(await file.text())
  }
  const submit = async () => {
    if (!read?.ok || busy) return
    setBusy(true)
    setFailure(null)
    try {
      onImported(await importPolicies(read.policies))
    } catch (reason) {
      setFailure(reason)
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Import policies"
      width={560}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy} disabledReason={lacks}>
            Import as drafts
          </Button>
        </>
      }
    >
      <p className="sm muted">
        Nothing changes what is decided: new policies come as drafts, and those with a key that is taken as
        drafts of these.
      </p>
      <FileDrop
        label="Drop a JSON file here, or"
        accept=".json,application/json"
        onFile={(file) => void take(file)}
      />
      <Field
        label="Or paste the document"
        error={read && !read.ok && text.length > 2 ? read.message : undefined}
      >
        {(control) => (
          <TextArea
            {...control}
            mono
            rows={7}
            spellCheck={false}
            placeholder={'{"policies": [{"key": "…", "effect": "deny", "actions": ["run.data"]}]}'}
            value={text}
            onChange={({ target }) => {
              setText(target.value)
              setFailure(null)
            }}
          />
        )}
      </Field>
      {failure !== null && <Faults failure={failure} />}
    </Dialog>
  )
}

const MOST_SHOWN = 12

function Faults({ failure }: { failure: unknown }) {
  const errors = failure instanceof ApiProblem ? failure.errors : []
  return (
    <div className="dialog-note">
      <Note kind="bad">
        {errors.length === 0 ? (
          failureText(failure, "The policies could not be imported.")
        ) : (
          <>
            Nothing was imported:
            <ul>
              {errors.slice(0, MOST_SHOWN).map(({ field, message }, at) => (
                <li key={at}>
                  <code>{field}</code> <Prose text={message} />
                </li>
              ))}
            </ul>
            {errors.length > MOST_SHOWN && `and ${errors.length - MOST_SHOWN} more.`}
          </>
        )}
      </Note>
    </div>
  )
}
