import { useState } from "react"
import type { JsonSchema, ParameterDocument } from "../api/types"
import { setParameters } from "../editor/commands"
import { useEditor, useSession } from "../editor/SessionContext"
import { Button, IconButton } from "../shared/Button"
import { SelectInput, TextInput } from "../shared/Field"
import { defaultText, parseDefault, typeOfParameter, TYPES, type ParameterType } from "./parameterDocument"

/** What a run of the workflow asks for. A step uses one as `${name}`. */
export function ParametersForm() {
  const { editor, editable } = useSession()
  const parameters = useEditor((state) => state.graph.parameters ?? NONE)
  const change = (label: string, next: ParameterDocument[], merge?: string) =>
    editor.apply(label, setParameters(next), { merge })
  const replace = (at: number, next: ParameterDocument) =>
    change(
      "change a parameter",
      parameters.map((item, index) => (index === at ? next : item)),
      `parameter:${at}`,
    )
  const add = () =>
    change("add a parameter", [
      ...parameters,
      { name: freeName(parameters), schema: { type: "string" }, default: "" },
    ])
  return (
    <div className="form">
      <p className="xs subtle">
        {parameters.length ? (
          <>
            A run asks for these. Use one in a field as <code>{"${name}"}</code>.
          </>
        ) : (
          "A run of this workflow asks for nothing."
        )}
      </p>
      {parameters.map((parameter, at) => (
        <ParameterRow
          key={at}
          parameter={parameter}
          readOnly={!editable}
          onChange={(next) => replace(at, next)}
          onRemove={() =>
            change(
              "remove a parameter",
              parameters.filter((_, index) => index !== at),
            )
          }
        />
      ))}
      {editable && (
        <span>
          <Button size="sm" icon="plus" onClick={add}>
            Add a parameter
          </Button>
        </span>
      )}
    </div>
  )
}

const NONE: ParameterDocument[] = []

function freeName(parameters: readonly ParameterDocument[]): string {
  const taken = new Set(parameters.map((parameter) => parameter.name))
  if (!taken.has("parameter")) return "parameter"
  for (let at = 2; ; at++) if (!taken.has(`parameter_${at}`)) return `parameter_${at}`
}

interface RowProps {
  parameter: ParameterDocument
  readOnly: boolean
  onChange: (next: ParameterDocument) => void
  onRemove: () => void
}

function ParameterRow({ parameter, readOnly, onChange, onRemove }: RowProps) {
  const type = typeOfParameter(parameter)
  const [draft, setDraft] = useState<string | null>(null) // "0." is on its way to a number
  const setType = (next: ParameterType) => {
    const schema: JsonSchema = { ...parameter.schema, type: next }
    const value = parseDefault(defaultText(parameter), next)
    const { default: _, ...rest } = parameter
    onChange(value === undefined ? { ...rest, schema } : { ...rest, schema, default: value })
  }
  const setDefault = (text: string) => {
    const value = parseDefault(text, type)
    const { default: _, ...rest } = parameter
    onChange(value === undefined ? rest : { ...rest, default: value })
  }
  return (
    <div className="list-item is-form">
      <div className="grow parameter">
        <TextInput
          mono
          aria-label="Name of the parameter"
          readOnly={readOnly}
          spellCheck={false}
          value={parameter.name}
          onChange={(event) => onChange({ ...parameter, name: event.target.value })}
        />
        <SelectInput
          aria-label={`Type of ${parameter.name}`}
          disabled={readOnly}
          choices={TYPES}
          value={type}
          onChange={(event) => setType(event.target.value as ParameterType)}
        />
        <TextInput
          className="parameter-default"
          aria-label={`Default of ${parameter.name}`}
          placeholder="no default: each run must give it"
          readOnly={readOnly}
          value={draft ?? defaultText(parameter)}
          onChange={(event) => {
            setDraft(event.target.value)
            setDefault(event.target.value)
          }}
          onBlur={() => setDraft(null)}
        />
      </div>
      {!readOnly && (
        <IconButton
          variant="ghost"
          size="sm"
          icon="x"
          iconSize={12}
          label={`Remove ${parameter.name}`}
          onClick={onRemove}
        />
      )}
    </div>
  )
}
