import { useState } from "react"
import type { JsonSchema } from "../api/types"
import { Icon } from "../shared/icons/Icon"
import { FieldView } from "./FieldView"
import type { FormContext } from "./FormContext"
import { fieldsOf, problemsAt } from "./schema"

interface Props {
  schema: JsonSchema
  root: JsonSchema
  value: Readonly<Record<string, unknown>>
  /** `undefined` takes the key away. */
  onChange: (key: string, value: unknown) => void
  context: FormContext
  /** The path of this object: "" for a step's configuration. */
  path?: string
}

/** A form drawn from a node type's JSON Schema. Rarely used fields fold away until they hold something or are wrong. */
export function SchemaForm({ schema, root, value, onChange, context, path = "" }: Props) {
  const [open, setOpen] = useState(false)
  const fields = fieldsOf(schema, root, value)
  const at = (key: string) => (path ? `${path}.${key}` : key)
  const isShown = (key: string) =>
    value[key] !== undefined || problemsAt(context.problems, at(key)).length > 0
  const folded = fields.filter((field) => field.advanced && !open && !isShown(field.key))
  const shown = fields.filter((field) => !folded.includes(field))
  return (
    <>
      {shown.map((field) => (
        <FieldView
          key={field.key}
          field={field}
          root={root}
          value={value[field.key]}
          onChange={(next) => onChange(field.key, next)}
          context={context}
          path={at(field.key)}
        />
      ))}
      {folded.length > 0 && (
        <button type="button" className="more-fields" onClick={() => setOpen(true)}>
          <Icon name="down" size={12} />
          {folded.length === 1 ? "1 more setting" : `${folded.length} more settings`}
        </button>
      )}
    </>
  )
}
