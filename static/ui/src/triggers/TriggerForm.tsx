import { useState } from "react"
import { failureText, fieldErrors, NO_ERRORS } from "../api/fieldErrors"
import { useVersionChoices } from "../inspector/workflowChoices"
import { Button } from "../shared/Button"
import { LineField } from "../shared/fields/LineField"
import { SelectField } from "../shared/fields/SelectField"
import { Note } from "../shared/Note"
import { toast } from "../shared/toast"
import { AfterFields } from "./AfterFields"
import { createTrigger, updateTrigger, useRefreshTriggers } from "./api"
import { InputFields } from "./InputFields"
import { ScheduleFields } from "./ScheduleFields"
import type { Trigger, TriggerSetup } from "./types"
import { WebhookFields } from "./WebhookFields"
import { isSame, setupOf, trimmedInputs } from "./words"

interface Props {
  workflow: string
  /** What is there; null for a new one. */
  trigger: Trigger | null
  start: TriggerSetup
  /** The workflow's parameters by name. */
  parameters: readonly string[]
  /** The number of the newest published version; null where none is. */
  published: number | null
  readOnly: boolean
  onSaved: (trigger: Trigger) => void
  onCancel?: () => void
}

/** All that is set on a trigger. It counts from when it is saved, for the published versions of the workflow. */
export function TriggerForm(props: Props) {
  const { workflow, trigger, start, parameters, published, readOnly } = props
  const refresh = useRefreshTriggers()
  const [setup, setSetup] = useState(start)
  const [before, setBefore] = useState(start)
  const [errors, setErrors] = useState(NO_ERRORS)
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const changed = !isSame(setup, start)
  if (!isSame(before, start)) {
    // it was switched, or saved elsewhere: what is being edited here stays
    setBefore(start)
    if (isSame(setup, before)) setSetup(start)
  }

  const save = async () => {
    setBusy(true)
    setErrors(NO_ERRORS)
    setFailure(null)
    const sent = { ...setup, name: setup.name.trim(), inputs: trimmedInputs(setup.inputs) }
    try {
      const saved = await (trigger
        ? updateTrigger(trigger.id, changesOf(sent))
        : createTrigger(workflow, sent, published !== null))
      await refresh()
      toast(
        trigger
          ? `“${saved.name}” is saved.`
          : `“${saved.name}” is ${saved.enabled ? "on" : "saved, and off"}.`,
      )
      props.onSaved(saved)
      if (trigger) setSetup(setupOf(saved))
    } catch (reason) {
      setErrors(fieldErrors(reason))
      setFailure(failureText(reason, "The trigger could not be saved."))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      className="form trigger-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!busy && !readOnly) void save()
      }}
    >
      {!trigger && published === null && (
        <Note kind="warn">
          A trigger starts published versions. This workflow has none yet: the trigger is saved switched off.
        </Note>
      )}
      <LineField
        label="Name"
        required
        maxLength={200}
        value={setup.name}
        error={errors.name}
        readOnly={readOnly}
        onChange={(name) => setSetup({ ...setup, name })}
      />
      <KindFields setup={setup} workflow={workflow} errors={errors} readOnly={readOnly} onChange={setSetup} />
      <fieldset className="sub">
        <legend>Parameters of the run</legend>
        <InputFields
          kind={setup.kind}
          parameters={parameters}
          inputs={setup.inputs}
          errors={errors}
          readOnly={readOnly}
          onChange={(inputs) => setSetup({ ...setup, inputs })}
        />
      </fieldset>
      <VersionField
        workflow={workflow}
        setup={setup}
        error={errors.version}
        readOnly={readOnly}
        onChange={setSetup}
      />
      <LineField
        label="One at a time for each"
        hint="An expression: runs for which it gives the same value wait for each other. Empty: they don't."
        aside={<span className="fx">fx</span>}
        mono
        value={setup.concurrency_key}
        error={errors.concurrency_key}
        readOnly={readOnly}
        onChange={(concurrency_key) => setSetup({ ...setup, concurrency_key })}
      />
      {failure && <Note kind="bad">{failure}</Note>}
      {!readOnly && (
        <div className="row g2 trigger-foot">
          <Button
            variant="primary"
            submit
            busy={busy}
            disabledReason={
              (!setup.name.trim() && "A trigger needs a name.") ||
              (trigger && !changed && "Nothing is changed.")
            }
          >
            {trigger ? "Save" : "Add trigger"}
          </Button>
          {trigger && changed && <Button onClick={() => setSetup(start)}>Take back</Button>}
          {!trigger && props.onCancel && <Button onClick={props.onCancel}>Cancel</Button>}
        </div>
      )}
    </form>
  )
}

function changesOf({ name, version, inputs, concurrency_key, config }: TriggerSetup) {
  return { name, version, inputs, concurrency_key, config }
}

interface PartProps {
  setup: TriggerSetup
  workflow: string
  readOnly: boolean
  onChange: (setup: TriggerSetup) => void
}

function KindFields({
  setup,
  workflow,
  errors,
  readOnly,
  onChange,
}: PartProps & { errors: typeof NO_ERRORS }) {
  const shared = { errors, readOnly }
  switch (setup.kind) {
    case "schedule":
      return (
        <ScheduleFields
          {...shared}
          config={setup.config}
          onChange={(config) => onChange({ ...setup, config })}
        />
      )
    case "webhook":
      return (
        <WebhookFields
          {...shared}
          config={setup.config}
          onChange={(config) => onChange({ ...setup, config })}
        />
      )
    case "workflow":
      return (
        <AfterFields
          {...shared}
          workflow={workflow}
          config={setup.config}
          onChange={(config) => onChange({ ...setup, config })}
        />
      )
  }
}

function VersionField({
  workflow,
  setup,
  error,
  readOnly,
  onChange,
}: PartProps & { error: string | undefined }) {
  const versions = useVersionChoices(workflow)
  const choices = [
    { value: "latest", label: versions[0] ? `Latest (now v${versions[0].number})` : "Latest" },
    ...versions.map(({ number }) => ({ value: String(number), label: `v${number}` })),
  ]
  return (
    <SelectField
      label="Version"
      hint="The published version that is run."
      choices={choices}
      value={String(setup.version)}
      error={error}
      readOnly={readOnly}
      onChange={(version) =>
        onChange({ ...setup, version: version === "latest" ? "latest" : Number(version) })
      }
    />
  )
}
