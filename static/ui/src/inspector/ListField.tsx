import { Button, IconButton } from "../shared/Button"
import { Icon } from "../shared/icons/Icon"
import { FieldView, problemText, type FieldViewProps } from "./FieldView"
import { kindOf, resolve, startValue, type FieldSpec } from "./schema"

/** A list: add, remove, move. Plain values are rows, objects are small forms. */
export function ListField({ field, root, value, onChange, context, path }: FieldViewProps) {
  const items: unknown[] = Array.isArray(value)
    ? value
    : Array.isArray(field.schema.default)
      ? field.schema.default
      : []
  const itemSchema = resolve(field.schema.items ?? {}, root)
  const kind = kindOf(itemSchema)
  const one = singular(field.label)
  // Taking the key away would bring the default's items back.
  const isNothing = !Array.isArray(field.schema.default) || field.schema.default.length === 0
  const set = (next: unknown[]) =>
    onChange(next.length === 0 && !field.required && isNothing ? undefined : next)
  const swap = (a: number, b: number) => {
    const next = [...items]
    ;[next[a], next[b]] = [next[b], next[a]]
    set(next)
  }
  const problem = problemText(context, path, field.label)
  const wholeProblem = [...context.problems.keys()].some((at) => at.startsWith(`${path}.`))
    ? undefined
    : problem
  return (
    <fieldset className="list-field">
      <legend>
        {field.label}
        {field.required && <span className="req"> *</span>}
      </legend>
      {field.schema.description && <p className="hint">{field.schema.description}</p>}
      {items.map((item, at) => {
        const spec: FieldSpec = {
          key: String(at),
          kind,
          schema: { ...itemSchema, description: undefined },
          label: `${one.charAt(0).toUpperCase()}${one.slice(1)} ${at + 1}`,
          required: true,
          advanced: false,
        }
        return (
          // Items have no identity but their place.
          <div key={at} className={`list-item${kind === "record" || kind === "union" ? " is-form" : ""}`}>
            <div className="grow">
              <FieldView
                field={spec}
                root={root}
                value={item}
                context={context}
                path={`${path}.${at}`}
                onChange={(next) => set(items.map((other, index) => (index === at ? (next ?? "") : other)))}
              />
            </div>
            {!context.readOnly && (
              <span className="list-tools">
                {at > 0 && (
                  <IconButton
                    variant="ghost"
                    size="sm"
                    icon="up"
                    iconSize={12}
                    label={`Move ${spec.label} up`}
                    onClick={() => swap(at, at - 1)}
                  />
                )}
                <IconButton
                  variant="ghost"
                  size="sm"
                  icon="x"
                  iconSize={12}
                  label={`Remove ${spec.label}`}
                  onClick={() => set(items.filter((_, index) => index !== at))}
                />
              </span>
            )}
          </div>
        )
      })}
      {wholeProblem && (
        <span className="err">
          <Icon name="warn" size={12} />
          <span>{wholeProblem}</span>
        </span>
      )}
      {!context.readOnly && (
        <Button size="sm" icon="plus" onClick={() => set([...items, startValue(itemSchema, root)])}>
          Add {one}
        </Button>
      )}
    </fieldset>
  )
}

/** `Cases` is `case`, `Entries` `entry`, `Matches` `match`. */
export function singular(label: string): string {
  const text = label.toLowerCase()
  if (text.endsWith("ies")) return `${text.slice(0, -3)}y`
  if (/(ch|sh|x|ss)es$/.test(text)) return text.slice(0, -2)
  return text.endsWith("s") ? text.slice(0, -1) : text
}
