import { useEffect, useRef } from "react"
import type { NodeDocument, NodeOptions, NodeType } from "../api/types"
import { Field, SelectInput } from "../shared/Field"
import type { FormContext } from "./FormContext"
import { plainContext } from "./FormContext"
import { NumberField } from "./NumberField"
import { RetryFields } from "./RetryFields"
import { numberSpec, problemsAt, type FieldProblem } from "./schema"
import { Section } from "./Section"

interface Props {
  node: NodeDocument
  type: NodeType
  problems: ReadonlyMap<string, FieldProblem[]>
  readOnly: boolean
  /** A field to go to, such as `options.timeout`; a new object goes there again. */
  wanted: FormContext["focus"]
  onChange: (key: keyof NodeOptions & string, value: unknown) => void
}

const ON_ERROR = [
  { value: "fail", label: "Fail the run" },
  { value: "continue", label: "Go on without it" },
  { value: "return", label: "Pass the error on" },
] as const

const JOIN = [
  { value: "any", label: "Any input has come" },
  { value: "all", label: "All inputs have come" },
  { value: "always", label: "Always, also after failures" },
] as const

/** How the engine treats the step: time, tries, failure, joining. Loops and maps are not tried again as a whole. */
export function OptionsSection({ node, type, problems, readOnly, wanted, onChange }: Props) {
  const options = node.options ?? {}
  const context = plainContext(problems, readOnly)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const [, key] = wanted?.path.split(".") ?? []
    const field = key && box.current?.querySelector<HTMLElement>(`[data-option="${key}"] :is(input, select)`)
    if (!field) return
    field.scrollIntoView({ block: "nearest" })
    field.focus()
  }, [wanted])
  const errorAt = (key: string) => problemsAt(problems, key)[0]?.message
  const isContainer = type.container !== null
  return (
    <Section title="Options">
      <div className="form" ref={box}>
        <div className="options">
          <div data-option="timeout">
            <NumberField
              field={numberSpec("timeout", isContainer ? "Timeout of all of it, s" : "Timeout, s", {
                type: "number",
                exclusiveMinimum: 0,
              })}
              root={{}}
              value={options.timeout ?? undefined}
              onChange={(value) => onChange("timeout", value ?? null)}
              context={context}
              placeholder="none"
              path="timeout"
            />
          </div>
          <div data-option="on_error">
            <Field label="On error" error={errorAt("on_error")}>
              {(control) => (
                <SelectInput
                  {...control}
                  disabled={readOnly}
                  choices={ON_ERROR}
                  value={options.on_error ?? "fail"}
                  onChange={(event) => onChange("on_error", event.target.value)}
                />
              )}
            </Field>
          </div>
          <div data-option="join">
            <Field label="Starts when" error={errorAt("join")}>
              {(control) => (
                <SelectInput
                  {...control}
                  disabled={readOnly}
                  choices={JOIN}
                  value={options.join ?? "any"}
                  onChange={(event) => onChange("join", event.target.value)}
                />
              )}
            </Field>
          </div>
        </div>
        <div data-option="retry">
          {isContainer ? (
            <p className="xs subtle">
              {options.retry
                ? (errorAt("retry") ?? "It is not tried again as a whole: set retries on the steps inside.")
                : "Retries are set on the steps inside."}
              {options.retry && !readOnly && (
                <>
                  {" "}
                  <button type="button" className="linkish" onClick={() => onChange("retry", null)}>
                    Take them away
                  </button>
                </>
              )}
            </p>
          ) : (
            <RetryFields
              retry={options.retry ?? null}
              context={context}
              onChange={(retry) => onChange("retry", retry)}
            />
          )}
        </div>
      </div>
    </Section>
  )
}
