import { useState, type ReactNode } from "react"
import { ApiProblem } from "../api/problem"
import { LoadError } from "../shell/LoadError"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, TextInput } from "../shared/Field"
import { Note } from "../shared/Note"
import { SkeletonRows } from "../shared/Skeleton"
import { toast } from "../shared/toast"
import { saveOperations, useOperations, useStorage, type Operations, type Storage } from "./api"
import { parse, textsOf, type Name, type Texts } from "./form"
import { StorageFigures } from "./StorageFigures"
import "./OperationsDialog.css"

interface Props {
  workflow: { id: string; name: string }
  /** Without the right to edit, the limits are shown as they are. */
  editable: boolean
  onClose: () => void
}

/** How many runs of a workflow go at once, how long they are kept, and what they take up. */
export function OperationsDialog({ workflow, editable, onClose }: Props) {
  const operations = useOperations(workflow.id)
  const storage = useStorage(workflow.id)
  const title = `Storage and limits of “${workflow.name}”`
  if (operations.data)
    return (
      <OperationsForm
        workflow={workflow}
        title={title}
        editable={editable}
        before={operations.data}
        storage={storage.data}
        figures={
          storage.data ? (
            <StorageFigures storage={storage.data} />
          ) : storage.error ? (
            <LoadError what="the storage" error={storage.error} onRetry={() => void storage.refetch()} />
          ) : (
            <SkeletonRows rows={2} height={24} />
          )
        }
        onClose={onClose}
      />
    )
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      width={560}
      footer={<Button onClick={onClose}>Close</Button>}
    >
      {operations.error ? (
        <LoadError what="the limits" error={operations.error} onRetry={() => void operations.refetch()} />
      ) : (
        <SkeletonRows rows={6} height={32} />
      )}
    </Dialog>
  )
}

export default OperationsDialog

interface FormProps extends Props {
  title: string
  before: Operations
  storage: Storage | undefined
  figures: ReactNode
}

function OperationsForm({ workflow, title, editable, before, storage, figures, onClose }: FormProps) {
  const [texts, setTexts] = useState(() => textsOf(before))
  const [errors, setErrors] = useState<Partial<Record<Name, string>>>({})
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const save = async () => {
    const parsed = parse(texts, before)
    if (!parsed.ok) return setErrors(parsed.errors)
    if (Object.keys(parsed.changes).length === 0) return onClose()
    setErrors({})
    setFailure(null)
    setBusy(true)
    try {
      await saveOperations(workflow.id, parsed.changes)
      toast(`Limits of “${workflow.name}” are saved.`)
      onClose()
    } catch (reason) {
      setErrors(errorsIn(reason))
      setFailure(reason instanceof Error ? reason.message : "The limits could not be saved.")
      setBusy(false)
    }
  }
  const field = { texts, errors, editable, onChange: setTexts }
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      width={560}
      onSubmit={() => editable && void save()}
      footer={
        editable ? (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button variant="primary" submit busy={busy}>
              Save
            </Button>
          </>
        ) : (
          <Button onClick={onClose}>Close</Button>
        )
      }
    >
      {figures}
      <h3 className="h3">Runs at once</h3>
      <div className="pair">
        <Limit
          {...field}
          name="max_running"
          label="At most"
          unit="runs"
          hint="Others wait in line. Empty: as many as come."
        />
        <Limit
          {...field}
          name="max_running_per_key"
          label="With the same key"
          unit="runs"
          hint="Counts where a key is given."
        />
      </div>
      <Field
        label="Concurrency key"
        error={errors.concurrency_key}
        hint={
          <>
            Runs with the same key go one after the other, as <code>{"${customer}"}</code> does for each
            customer.
          </>
        }
      >
        {(control) => (
          <TextInput
            {...control}
            mono
            spellCheck={false}
            readOnly={!editable}
            value={texts.concurrency_key}
            onChange={(event) => setTexts({ ...texts, concurrency_key: event.target.value })}
          />
        )}
      </Field>
      <h3 className="h3">How long runs are kept</h3>
      <div className="pair">
        <Limit {...field} name="keep_days" label="Days" unit="days" hint={keepHint(storage)} />
        <Limit
          {...field}
          name="keep_runs"
          label="Newest runs"
          unit="runs"
          hint="Older ones go. Empty: any number."
        />
      </div>
      <Limit
        {...field}
        name="max_stored_mb"
        label="Space for all runs"
        unit="MiB"
        hint="When it is full, no further run starts. 0: without a limit. Empty: what the server allows."
      />
      {failure && (
        <div className="dialog-note">
          <Note kind="bad">{failure}</Note>
        </div>
      )}
    </Dialog>
  )
}

interface LimitProps {
  name: Exclude<Name, "concurrency_key">
  label: string
  unit: string
  hint: string
  texts: Texts
  errors: Partial<Record<Name, string>>
  editable: boolean
  onChange: (texts: Texts) => void
}

function Limit({ name, label, unit, hint, texts, errors, editable, onChange }: LimitProps) {
  return (
    <Field label={label} error={errors[name]} hint={hint} aside={<span className="xs subtle">{unit}</span>}>
      {(control) => (
        <TextInput
          {...control}
          inputMode="numeric"
          readOnly={!editable}
          value={texts[name]}
          onChange={(event) => onChange({ ...texts, [name]: event.target.value })}
        />
      )}
    </Field>
  )
}

function keepHint(storage: Storage | undefined): string {
  const days = storage?.retention.keep_days_from === "operator" ? storage.retention.keep_days : null
  const otherwise =
    days === null
      ? "what the server keeps"
      : days === 0
        ? "for ever, as the server does"
        : `${days}, as the server does`
  return `0: for ever. Empty: ${otherwise}.`
}

/** The server's complaints that name a field of the form. */
function errorsIn(reason: unknown): Partial<Record<Name, string>> {
  if (!(reason instanceof ApiProblem)) return {}
  return Object.fromEntries(reason.errors.flatMap(({ field, message }) => (field ? [[field, message]] : [])))
}
