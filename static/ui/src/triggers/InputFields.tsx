import { useRef } from "react"
import type { FieldErrors } from "../api/fieldErrors"
import { Field, TextInput, Toggle } from "../shared/Field"
import type { Inputs, TriggerKind } from "./types"
import { NAMES } from "./words"

interface Props {
  kind: TriggerKind
  /** The workflow's parameters by name. */
  parameters: readonly string[]
  /** Null: what a call's body has under the parameter's name. */
  inputs: Inputs | null
  errors: FieldErrors
  readOnly: boolean
  onChange: (inputs: Inputs | null) => void
}

/** Where the values of a run's parameters come from. */
export function InputFields(props: Props) {
  const { kind, parameters, inputs, readOnly, onChange } = props
  if (parameters.length === 0 && Object.keys(inputs ?? {}).length === 0) {
    return <p className="xs subtle">The workflow has no parameters: each run is started with none.</p>
  }
  return (
    <>
      {kind === "webhook" && (
        <Toggle
          label="By name, from the body"
          checked={inputs === null}
          disabled={readOnly}
          hint={inputs === null ? `Takes ${parameters.join(", ")} where the body has them.` : undefined}
          onChange={(on) =>
            onChange(on ? null : Object.fromEntries(parameters.map((name) => [name, `body.${name}`])))
          }
        />
      )}
      {inputs && <Expressions {...props} inputs={inputs} />}
    </>
  )
}

/** For each parameter the expression that gives its value; without one its default holds. */
function Expressions({ kind, parameters, inputs, errors, readOnly, onChange }: Props & { inputs: Inputs }) {
  const last = useRef<HTMLInputElement | null>(null)
  const names = [...new Set([...parameters, ...Object.keys(inputs)])]
  const insert = (name: string) => {
    const box = last.current
    const parameter = box?.dataset.parameter ?? names[0]
    if (parameter === undefined) return
    const text = inputs[parameter] ?? ""
    const [from, to] = [box?.selectionStart ?? text.length, box?.selectionEnd ?? text.length]
    onChange({ ...inputs, [parameter]: text.slice(0, from) + name + text.slice(to) })
    requestAnimationFrame(() => {
      box?.focus()
      box?.setSelectionRange(from + name.length, from + name.length)
    })
  }
  return (
    <>
      {names.map((name) => (
        <Field
          key={name}
          label={<code>{name}</code>}
          error={errors[`inputs.${name}`]}
          hint={parameters.includes(name) ? undefined : "The workflow has no such parameter any more."}
          aside={<span className="fx">fx</span>}
        >
          {(control) => (
            <TextInput
              {...control}
              mono
              data-parameter={name}
              readOnly={readOnly}
              spellCheck={false}
              autoComplete="off"
              placeholder="its default"
              value={inputs[name] ?? ""}
              onFocus={(event) => (last.current = event.target)}
              onChange={({ target }) => onChange({ ...inputs, [name]: target.value })}
            />
          )}
        </Field>
      ))}
      {!readOnly && (
        <span className="expression-names" role="group" aria-label="Names to use">
          {NAMES[kind].map((name) => (
            <button type="button" key={name} title={`Write ${name}`} onClick={() => insert(name)}>
              {name}
            </button>
          ))}
        </span>
      )}
    </>
  )
}
