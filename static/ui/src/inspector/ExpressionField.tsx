import { useRef } from "react"
import { Field, TextInput } from "../shared/Field"
import { problemText, type FieldViewProps } from "./FieldView"
import { tooLong } from "./schema"

/** An expression, with the names that it can use below: pressing one writes it where the cursor is. */
export function ExpressionField({ field, value, onChange, context, path }: FieldViewProps) {
  const { schema } = field
  const box = useRef<HTMLInputElement>(null)
  const text = typeof value === "string" ? value : value == null ? "" : JSON.stringify(value)
  const set = (next: string) => onChange(next === "" && !field.required ? undefined : next)
  const insert = (name: string) => {
    const input = box.current
    const [from, to] = [input?.selectionStart ?? text.length, input?.selectionEnd ?? text.length]
    set(text.slice(0, from) + name + text.slice(to))
    requestAnimationFrame(() => {
      input?.focus()
      input?.setSelectionRange(from + name.length, from + name.length)
    })
  }
  return (
    <Field
      label={field.label}
      required={field.required}
      hint={schema.description}
      error={tooLong(text, schema) ?? problemText(context, path, field.label)}
      aside={<span className="fx">fx</span>}
    >
      {(control) => (
        <>
          <TextInput
            {...control}
            ref={box}
            mono
            readOnly={context.readOnly}
            spellCheck={false}
            autoComplete="off"
            value={text}
            placeholder={typeof schema.default === "string" ? schema.default : undefined}
            onChange={(event) => set(event.target.value)}
          />
          {context.names.length > 0 && !context.readOnly && (
            <span className="expression-names" role="group" aria-label="Names to use">
              {context.names.map((name) => (
                <button type="button" key={name} title={`Write ${name}`} onClick={() => insert(name)}>
                  {name}
                </button>
              ))}
            </span>
          )}
        </>
      )}
    </Field>
  )
}
