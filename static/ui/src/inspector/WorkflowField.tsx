import { Link } from "wouter"
import { useSession } from "../editor/SessionContext"
import { Field, SelectInput } from "../shared/Field"
import { problemText, type FieldViewProps } from "./FieldView"
import { useVersionChoices, useWorkflowChoices } from "./workflowChoices"

/** Which workflow a step runs, and the way to it. */
export function WorkflowField({ field, value, onChange, context, path }: FieldViewProps) {
  const { workflowId } = useSession()
  const id = typeof value === "string" ? value : ""
  const others = useWorkflowChoices(true).filter((choice) => choice.id !== workflowId)
  const choices = others.map(({ id: other, name, version }) => ({
    value: other,
    label: version === null ? `${name} (not published yet)` : name,
  }))
  if (!others.some((choice) => choice.id === id))
    choices.unshift({ value: id, label: id || (others.length ? "Choose one" : "There is no other workflow") })
  return (
    <Field
      label={field.label}
      required={field.required}
      hint={field.schema.description}
      error={problemText(context, path, field.label)}
      aside={
        id && (
          <Link className="linkish xs" href={`/workflows/${id}`}>
            Open workflow
          </Link>
        )
      }
    >
      {(control) => (
        <SelectInput
          {...control}
          choices={choices}
          disabled={context.readOnly}
          value={id}
          onChange={(event) => onChange(event.target.value || undefined)}
        />
      )}
    </Field>
  )
}

/** The newest published version when the run starts, or always the same one. */
export function WorkflowVersionField({ field, value, onChange, context, path }: FieldViewProps) {
  const workflow = context.siblings?.workflow
  const versions = useVersionChoices(typeof workflow === "string" ? workflow : "")
  const current = typeof value === "number" ? String(value) : "latest"
  const choices = [
    { value: "latest", label: versions[0] ? `Latest (now v${versions[0].number})` : "Latest" },
    ...versions.map(({ number, note }) => ({
      value: String(number),
      label: note ? `v${number} · ${note}` : `v${number}`,
    })),
  ]
  if (!choices.some((choice) => choice.value === current))
    choices.push({ value: current, label: `v${current}` })
  return (
    <Field
      label={field.label}
      hint={field.schema.description}
      error={problemText(context, path, field.label)}
    >
      {(control) => (
        <SelectInput
          {...control}
          choices={choices}
          disabled={context.readOnly}
          value={current}
          onChange={({ target }) => onChange(target.value === "latest" ? undefined : Number(target.value))}
        />
      )}
    </Field>
  )
}
