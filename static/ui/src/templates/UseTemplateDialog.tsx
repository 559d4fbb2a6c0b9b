import { lazy, Suspense, useState } from "react"
import { failureText, fieldErrors } from "../api/fieldErrors"
import type { Template, Workflow } from "../api/types"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, TextInput } from "../shared/Field"
import { Icon } from "../shared/icons/Icon"
import { Note } from "../shared/Note"
import { SkeletonRows } from "../shared/Skeleton"
import { beginWith } from "./api"
import { DEMO, isAboutConfig, type Config } from "./config"
import { TemplatePicture } from "./TemplatePicture"

const TemplateConfigForm = lazy(() => import("./TemplateConfigForm"))

interface Props {
  template: Template
  onMade: (workflow: Workflow) => void
  onClose: () => void
}

/** What a template does, what comes with it, what is left to do; and the name of the new workflow. */
export function UseTemplateDialog({ template, onMade, onClose }: Props) {
  const [name, setName] = useState(template.title)
  const [config, setConfig] = useState<Config>(DEMO)
  const [isOpen, setOpen] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const submit = async () => {
    if (!name.trim() || busy) return
    setBusy(true)
    setError(null)
    try {
      onMade(await beginWith(template, name.trim(), config))
    } catch (reason) {
      setError(reason)
      if (isAboutConfig(fieldErrors(reason))) setOpen(true)
      setBusy(false)
    }
  }
  const errors = fieldErrors(error)
  const nameError = errors.name
  return (
    <Dialog
      open
      onClose={onClose}
      title={template.title}
      width={560}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            submit
            busy={busy}
            disabledReason={!name.trim() && "A workflow needs a name."}
          >
            Create workflow
          </Button>
        </>
      }
    >
      <div className="tp-ground">
        <TemplatePicture template={template} />
      </div>
      <p>{template.description}</p>
      <Field label="Name" required error={nameError}>
        {(control) => (
          <TextInput
            {...control}
            data-autofocus
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      {isOpen ? (
        <section aria-label="Settings">
          <h3 className="h3 tp-head">Settings</h3>
          <Suspense fallback={<SkeletonRows rows={4} height={28} />}>
            <TemplateConfigForm template={template} config={config} errors={errors} onChange={setConfig} />
          </Suspense>
        </section>
      ) : (
        <Button size="sm" icon="down" onClick={() => setOpen(true)}>
          Set it up
        </Button>
      )}
      {template.datasets.length > 0 && <Datasets template={template} />}
      <h3 className="h3 tp-head">It runs at once. To make it yours</h3>
      <ul className="tp-next">
        {template.next_steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ul>
      {error !== null && !nameError && (
        <div className="dialog-note">
          <Note kind="bad">{failureText(error, "It could not be made.")}</Note>
        </div>
      )}
    </Dialog>
  )
}

function Datasets({ template }: { template: Template }) {
  return (
    <>
      <h3 className="h3 tp-head">Demo data</h3>
      <ul className="tp-data">
        {template.datasets.map((dataset) => (
          <li key={dataset.name} className="row g2">
            <Icon name="table" size={14} />
            <span>
              <code>{dataset.name}</code> {dataset.about}
            </span>
            <span className="end xs subtle">{dataset.here ? "is here" : "is added"}</span>
          </li>
        ))}
      </ul>
    </>
  )
}
