import { lazy, Suspense, useEffect, useRef, useState } from "react"
import type { JsonSchema } from "../api/types"
import { Field, SelectInput, TextArea, TextInput, Toggle } from "../shared/Field"
import { asWords } from "../shared/names"
import { CodeField } from "./CodeField"
import { ExpressionField } from "./ExpressionField"
import type { FormContext } from "./FormContext"
import { JsonField } from "./JsonField"
import { ListField } from "./ListField"
import { MapField } from "./MapField"
import { NumberField } from "./NumberField"
import { problemsAt, variantsOf, startValue, isTemplate, tooLong, type FieldSpec } from "./schema"
import { SchemaForm } from "./SchemaForm"
import { WorkflowField, WorkflowVersionField } from "./WorkflowField"

const CredentialField = lazy(() => import("./CredentialField"))
const ApproversField = lazy(() => import("./ApproversField"))

export interface FieldViewProps {
  field: FieldSpec
  root: JsonSchema
  value: unknown
  onChange: (value: unknown) => void
  context: FormContext
  path: string
}

/** One field of a form, whatever its kind. */
export function FieldView(props: FieldViewProps) {
  const { context, path } = props
  const box = useRef<HTMLDivElement>(null)
  const [left, setLeft] = useState(false)
  const quiet = context.isNew && !left && props.value === undefined
  const wanted = context.focus?.path === path || context.focus?.path.startsWith(`${path}.`)
  useEffect(() => {
    if (!wanted || !box.current) return
    box.current.scrollIntoView({ block: "nearest" })
    const find = (selector: string) => box.current?.querySelector<HTMLElement>(selector)
    const control = find("input, select, textarea, [contenteditable=true]") ?? find("button")
    control?.focus()
  }, [wanted, context.focus])
  return (
    <div ref={box} data-field={path} onBlur={() => setLeft(true)}>
      <Control {...props} context={quiet ? withoutProblems(context) : context} />
    </div>
  )
}

const NO_PROBLEMS: FormContext["problems"] = new Map()

const withoutProblems = (context: FormContext): FormContext => ({ ...context, problems: NO_PROBLEMS })

function Control(props: FieldViewProps) {
  switch (props.field.kind) {
    case "code":
      return <CodeField {...props} />
    case "number":
      return <NumberField {...props} />
    case "boolean":
      return <BooleanField {...props} />
    case "choice":
      return <ChoiceField {...props} />
    case "list":
      return <ListField {...props} />
    case "map":
      return <MapField {...props} />
    case "record":
      return <RecordField {...props} />
    case "union":
      return <UnionField {...props} />
    case "json":
      return <JsonField {...props} />
    case "expression":
      return <ExpressionField {...props} />
    case "credential":
      return (
        <Suspense>
          <CredentialField {...props} />
        </Suspense>
      )
    case "approvers":
      return (
        <Suspense>
          <ApproversField {...props} />
        </Suspense>
      )
    case "workflow":
      return <WorkflowField {...props} />
    case "workflow-version":
      return <WorkflowVersionField {...props} />
    default:
      return <TextField {...props} />
  }
}

/** The first problem of a field, in words. */
export function problemText(context: FormContext, path: string, label?: string): string | undefined {
  const [first] = problemsAt(context.problems, path)
  if (!first) return undefined
  if (first.code === "missing_parameter" && label) return `${label} is required.`
  return (first.hint ? `${first.message}. ${first.hint}` : first.message).replace("..", ".")
}

function TextField({ field, value, onChange, context, path }: FieldViewProps) {
  const { kind, schema } = field
  const text = typeof value === "string" ? value : value == null ? "" : JSON.stringify(value)
  const set = (next: string) => onChange(next === "" && !field.required ? undefined : next)
  const listId = `datasets-${path}`
  const fallback = typeof schema.default === "string" ? schema.default : undefined
  return (
    <Field
      label={field.label}
      required={field.required}
      hint={schema.description}
      error={tooLong(text, schema) ?? problemText(context, path, field.label)}
    >
      {(control) =>
        kind === "textarea" ? (
          <TextArea
            {...control}
            readOnly={context.readOnly}
            value={text}
            placeholder={fallback}
            onChange={(event) => set(event.target.value)}
          />
        ) : (
          <>
            <TextInput
              {...control}
              mono={isTemplate(value)}
              readOnly={context.readOnly}
              spellCheck={false}
              autoComplete="off"
              value={text}
              placeholder={fallback}
              list={kind === "dataset" ? listId : undefined}
              onChange={(event) => set(event.target.value)}
            />
            {kind === "dataset" && (
              <datalist id={listId}>
                {context.datasets.map((name) => (
                  <option key={name} value={name} />
                ))}
              </datalist>
            )}
          </>
        )
      }
    </Field>
  )
}

function BooleanField({ field, value, onChange, context }: FieldViewProps) {
  const fallback = field.schema.default === true
  return (
    <Toggle
      label={field.label}
      checked={typeof value === "boolean" ? value : fallback}
      disabled={context.readOnly}
      hint={field.schema.description}
      onChange={(checked) => onChange(checked === fallback && !field.required ? undefined : checked)}
    />
  )
}

function ChoiceField({ field, value, onChange, context, path }: FieldViewProps) {
  const options = field.schema.enum ?? []
  const texts = options.map(optionText)
  const current = value === undefined ? field.schema.default : value
  const at = options.findIndex((option) => option === current)
  const choices = texts.map((text, index) => ({ value: String(index), label: text }))
  if (at < 0) choices.unshift({ value: "-1", label: current == null ? "Choose one" : String(current) })
  return (
    <Field
      label={field.label}
      required={field.required}
      hint={field.schema.description}
      error={problemText(context, path, field.label)}
    >
      {(control) => (
        <SelectInput
          {...control}
          choices={choices}
          disabled={context.readOnly}
          value={String(at)}
          onChange={(event) => {
            const chosen = options[Number(event.target.value)]
            onChange(chosen === field.schema.default && !field.required ? undefined : chosen)
          }}
        />
      )}
    </Field>
  )
}

/** Options that are words read as such; symbols and names stay as they are. */
const optionText = (option: unknown): string =>
  typeof option === "string" && /^[a-z]+(_[a-z]+)*$/.test(option) ? asWords(option) : String(option)

function RecordField({ field, root, value, onChange, context, path }: FieldViewProps) {
  const record = isRecord(value) ? value : {}
  return (
    <fieldset className="sub">
      <legend>{field.label}</legend>
      <SchemaForm
        schema={field.schema}
        root={root}
        value={record}
        context={context}
        path={path}
        onChange={(key, next) => onChange(orNothing(withKey(record, key, next), field))}
      />
    </fieldset>
  )
}

/** An optional object goes with the last thing in it. */
const orNothing = (record: Record<string, unknown>, field: FieldSpec) =>
  field.required || Object.keys(record).length ? record : undefined

function UnionField({ field, root, value, onChange, context, path }: FieldViewProps) {
  const tag = field.schema.discriminator?.propertyName ?? "type"
  const variants = variantsOf(field.schema, root)
  const record = isRecord(value) ? value : {}
  const isOptional = !field.required && field.schema.default === undefined
  const isLeftOut = isOptional && value === undefined
  const current = isLeftOut ? undefined : (variants.find(({ name }) => name === record[tag]) ?? variants[0])
  const none = isOptional ? [{ value: "", label: "None" }] : []
  return (
    <fieldset className="sub">
      <legend>{field.label}</legend>
      <Field label="Kind" error={current ? undefined : problemText(context, path, field.label)}>
        {(control) => (
          <SelectInput
            {...control}
            disabled={context.readOnly}
            choices={[...none, ...variants.map(({ name, label }) => ({ value: name, label }))]}
            value={current?.name ?? ""}
            onChange={(event) => {
              const chosen = variants.find((variant) => variant.name === event.target.value)
              if (!chosen) onChange(undefined)
              else onChange({ ...(startValue(chosen.schema, root) as object), [tag]: chosen.name })
            }}
          />
        )}
      </Field>
      {current && (
        <SchemaForm
          schema={current.schema}
          root={root}
          value={record}
          context={{ ...context, siblings: record }}
          path={path}
          onChange={(key, next) => onChange(withKey({ ...record, [tag]: current.name }, key, next))}
        />
      )}
    </fieldset>
  )
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

export function withKey(
  record: Readonly<Record<string, unknown>>,
  key: string,
  value: unknown,
): Record<string, unknown> {
  const next = { ...record }
  if (value === undefined) delete next[key]
  else next[key] = value
  return next
}
