import type { JsonSchema } from "../api/types"
import { Icon } from "../shared/icons/Icon"
import { asWords } from "../shared/names"
import { isRecord, problemText, type FieldViewProps } from "./FieldView"
import { resolve } from "./schema"
import { WordsField } from "./WordsField"
import "./ApproversField.css"

const PERSON = /^[^\s@]+@[^\s@]+$/

/** Who may approve: roles of the workspace, and single people by their e-mail address. */
export default function ApproversField({ field, root, value, onChange, context, path }: FieldViewProps) {
  const given = isRecord(value) ? value : {}
  const roles = textsOf(given.roles)
  const users = textsOf(given.users)
  const set = (change: { roles?: readonly string[]; users?: readonly string[] }) =>
    onChange({ roles, users, ...change })
  const problem = problemText(context, path, field.label)
  return (
    <fieldset className="sub">
      <legend>
        {field.label}
        {field.required && <span className="req"> *</span>}
      </legend>
      {field.schema.description && <p className="hint">{field.schema.description}</p>}
      <div className="approver-roles" role="group" aria-label="Roles">
        {rolesOf(field.schema, root).map((role) => (
          <label key={role} className="approver-role">
            <input
              type="checkbox"
              checked={roles.includes(role)}
              disabled={context.readOnly}
              onChange={({ target }) =>
                set({ roles: target.checked ? [...roles, role] : roles.filter((other) => other !== role) })
              }
            />
            {asWords(role)}
          </label>
        ))}
      </div>
      <WordsField
        label="People"
        placeholder="jonas@example.com"
        value={users}
        readOnly={context.readOnly}
        check={(word) => (PERSON.test(word) ? null : `${word} is not an e-mail address.`)}
        onChange={(words) => set({ users: words ?? [] })}
      />
      {problem && (
        <span className="err">
          <Icon name="warn" size={12} />
          <span>{problem}</span>
        </span>
      )}
    </fieldset>
  )
}

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : []

/** The roles that the schema offers. */
function rolesOf(schema: JsonSchema, root: JsonSchema): readonly string[] {
  const part = resolve(schema.properties?.roles ?? {}, root)
  return (resolve(part.items ?? {}, root).enum ?? []).map(String)
}
