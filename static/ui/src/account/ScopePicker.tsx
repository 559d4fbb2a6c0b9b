import { scopeGroups } from "./scopes"

interface Props {
  permissions: readonly string[]
  chosen: ReadonlySet<string>
  onChange: (chosen: ReadonlySet<string>) => void
}

/** The person's own rights, to pick those a token gets. */
export function ScopePicker({ permissions, chosen, onChange }: Props) {
  const toggle = (scope: string, on: boolean) => {
    const next = new Set(chosen)
    if (on) next.add(scope)
    else next.delete(scope)
    onChange(next)
  }
  return (
    <div className="scope-groups">
      {scopeGroups(permissions).map((group) => (
        <fieldset key={group.label}>
          <legend>{group.label}</legend>
          {group.scopes.map((scope) => (
            <label key={scope.value} className="check">
              <input
                type="checkbox"
                checked={chosen.has(scope.value)}
                onChange={(event) => toggle(scope.value, event.target.checked)}
              />
              {scope.label}
            </label>
          ))}
        </fieldset>
      ))}
    </div>
  )
}
