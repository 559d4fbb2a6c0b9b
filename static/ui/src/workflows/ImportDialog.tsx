import { useState } from "react"
import { ApiProblem } from "../api/problem"
import type { Workflow } from "../api/types"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, TextArea, TextInput } from "../shared/Field"
import { FileDrop } from "../shared/FileDrop"
import { Note } from "../shared/Note"
import { importWorkflow } from "./api"
import { readImportedScript } from "./importScript"
import { isScript, MAX_IMPORT_BYTES, nameFromFile, readImport } from "./importDocument"
import { ImportProblems } from "./ImportProblems"

interface Props {
  onImported: (workflow: Workflow) => void
  onClose: () => void
}

/** Takes a workflow document or a script from a file or the clipboard. What the server objects to is listed by node. */
export function ImportDialog({ onImported, onClose }: Props) {
  const [text, setText] = useState("")
  const [name, setName] = useState("")
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | ApiProblem | null>(null)
  const script = isScript(text)
  const read = text.trim() && !script ? readImport(text, name) : null

  const takeFile = async (file: File) => {
    if (file.size > MAX_IMPORT_BYTES)
      return setError("This file is larger than 10 MB, more than a workflow may be.")
    const content = await file.text()
    setText(content)
    setError(null)
    if (isScript(content)) return setName("")
    const found = readImport(content, nameFromFile(file.name))
    setName(found.ok ? found.workflow.name : nameFromFile(file.name))
  }
  const submit = async () => {
    setBusy(true)
    setError(null)
    try {
      const result = script ? await readImportedScript(text) : readImport(text, name)
      if (result.ok)
        onImported(await importWorkflow(name.trim() || result.workflow.name, result.workflow.graph))
      else {
        setError(result.message)
        setBusy(false)
      }
    } catch (reason) {
      setError(reason instanceof ApiProblem ? reason : "It could not be imported.")
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Import a workflow"
      width={560}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            submit
            busy={busy}
            disabledReason={!text.trim() && "Choose a file or paste a document."}
          >
            Import
          </Button>
        </>
      }
    >
      <FileDrop
        label="Drop a JSON file or a Python script here, or"
        accept=".json,.py,application/json,text/x-python"
        onFile={(file) => void takeFile(file)}
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
            placeholder={'{"nodes": [], "connections": []}'}
            value={text}
            onChange={(event) => {
              setText(event.target.value)
              setError(null)
            }}
          />
        )}
      </Field>
      <Field label="Name" hint="Left empty, its own name is taken.">
        {(control) => (
          <TextInput
            {...control}
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      {typeof error === "string" && (
        <div className="dialog-note">
          <Note kind="bad">{error}</Note>
        </div>
      )}
      {error instanceof ApiProblem && <ImportProblems problem={error} />}
    </Dialog>
  )
}
