import { useState } from "react"
import { Button, IconButton } from "../shared/Button"
import { TextInput } from "../shared/Field"
import { Icon } from "../shared/icons/Icon"
import { isRecord, problemText, type FieldViewProps } from "./FieldView"

/** Names with text values, such as headers. The order stays as typed. */
export function MapField({ field, value, onChange, context, path }: FieldViewProps) {
  const [draft, setDraft] = useState<[string, unknown][] | null>(null)
  const entries = draft ?? Object.entries(isRecord(value) ? value : {})
  const twice = hasTwins(entries)
  const set = (next: [string, unknown][]) => {
    setDraft(next)
    if (!hasTwins(next)) onChange(next.length ? Object.fromEntries(next) : undefined)
  }
  const problem = twice ? "Two of these have the same name." : problemText(context, path, field.label)
  const replaceAt = (at: number, entry: [string, unknown]) =>
    set(entries.map((other, index) => (index === at ? entry : other)))
  return (
    <fieldset
      className="list-field"
      onBlur={(event) => {
        if (!twice && !event.currentTarget.contains(event.relatedTarget)) setDraft(null)
      }}
    >
      <legend>{field.label}</legend>
      {field.schema.description && <p className="hint">{field.schema.description}</p>}
      {entries.map(([name, text], at) => (
        <div key={at} className="list-item">
          <TextInput
            mono
            aria-label={`Name ${at + 1} of ${field.label}`}
            readOnly={context.readOnly}
            value={name}
            onChange={(event) => replaceAt(at, [event.target.value, text])}
          />
          <TextInput
            mono
            aria-label={`Value of ${name || `name ${at + 1}`}`}
            readOnly={context.readOnly}
            value={typeof text === "string" ? text : JSON.stringify(text)}
            onChange={(event) => replaceAt(at, [name, event.target.value])}
          />
          {!context.readOnly && (
            <span className="list-tools">
              <IconButton
                variant="ghost"
                size="sm"
                icon="x"
                iconSize={12}
                label={`Remove ${name || `name ${at + 1}`}`}
                onClick={() => set(entries.filter((_, index) => index !== at))}
              />
            </span>
          )}
        </div>
      ))}
      {problem && (
        <span className="err">
          <Icon name="warn" size={12} />
          <span>{problem}</span>
        </span>
      )}
      {!context.readOnly && (
        <Button
          size="sm"
          icon="plus"
          onClick={() => set([...entries, [freeName(entries.map(([name]) => name)), ""]])}
        >
          Add
        </Button>
      )}
    </fieldset>
  )
}

const hasTwins = (entries: readonly [string, unknown][]): boolean =>
  new Set(entries.map(([name]) => name)).size < entries.length

function freeName(taken: readonly string[]): string {
  if (!taken.includes("name")) return "name"
  for (let at = 2; ; at++) if (!taken.includes(`name_${at}`)) return `name_${at}`
}
