import { useId } from "react"
import { Icon } from "../shared/icons/Icon"
import "./given.css"

interface Props {
  label: string
  roles: readonly { value: string; label: string }[]
  chosen: readonly string[]
  error?: string
  readOnly?: boolean
  onChange: (chosen: string[]) => void
}

/** Some of the roles, or none. */
export function RoleChoice({ label, roles, chosen, error, readOnly = false, onChange }: Props) {
  const id = useId()
  const toggle = (value: string) => {
    if (readOnly) return
    onChange(roles.map((role) => role.value).filter((role) => (role === value) !== chosen.includes(role)))
  }
  return (
    <div className="field">
      <span className="lab" id={id}>
        {label}
      </span>
      <div className="role-choice" role="group" aria-labelledby={id}>
        {roles.map((role) => (
          <button
            key={role.value}
            type="button"
            className={chosen.includes(role.value) ? "btn sm is-on" : "btn sm"}
            aria-pressed={chosen.includes(role.value)}
            aria-disabled={readOnly || undefined}
            onClick={() => toggle(role.value)}
          >
            {role.label}
          </button>
        ))}
      </div>
      {error && (
        <span className="err" role="alert">
          <Icon name="warn" size={12} />
          <span>{error}</span>
        </span>
      )}
    </div>
  )
}
