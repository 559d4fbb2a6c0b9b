import { useEffect, useRef } from "react"
import type { NodeDocument, NodeOptions } from "../api/types"
import { Field, SelectInput } from "../shared/Field"
import type { FormContext } from "./FormContext"
import { NumberField } from "./NumberField"
import { problemsAt, type FieldProblem } from "./schema"
import { Section } from "./Section"

interface Props {
  node: NodeDocument
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

/** How the engine treats the step: time, tries, failure, joining. */
export function OptionsSection({ node, problems, readOnly, wanted, onChange }: Props) {
  const options = node.options ?? {}
  const retry = options.retry ?? null
  const context = plainContext(problems, readOnly)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const at = ["timeout", "retry", "on_error", "join"].indexOf(wanted?.path.split(".")[1] ?? "")
    if (at >= 0) box.current?.querySelectorAll<HTMLElement>("input, select")[at]?.focus()
  }, [wanted])
  const errorAt = (key: string) => problemsAt(problems, key)[0]?.message
  return (
    <Section title="Options">
      <div className="options" ref={box}>
        <NumberField
          field={{
            key: "timeout",
            kind: "number",
            label: "Timeout, s",
            required: false,
            advanced: false,
            schema: { type: "number", exclusiveMinimum: 0 },
          }}
          root={{}}
          value={options.timeout ?? undefined}
          onChange={(value) => onChange("timeout", value ?? null)}
          context={context}
          placeholder="none"
          path="timeout"
        />
        <NumberField
          field={{
            key: "retry",
            kind: "number",
            label: "Retries",
            required: false,
            advanced: false,
            schema: { type: "integer", minimum: 0, maximum: 100 },
          }}
          root={{}}
          value={retry?.max_retries}
          onChange={(value) =>
            onChange("retry", value === undefined ? null : { ...retry, max_retries: value })
          }
          context={context}
          placeholder="none"
          path="retry"
        />
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
    </Section>
  )
}

function plainContext(problems: ReadonlyMap<string, FieldProblem[]>, readOnly: boolean): FormContext {
  return {
    problems,
    readOnly,
    datasets: [],
    codeRefusal: null,
    codeProblems: () => undefined,
    focus: null,
    isNew: false,
    onUndo: () => undefined,
    onRedo: () => undefined,
  }
}
