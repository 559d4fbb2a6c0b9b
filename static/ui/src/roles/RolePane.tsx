import { useState } from "react"
import { Link } from "wouter"
import { failureText, fieldErrors } from "../api/fieldErrors"
import { typeWords } from "../people/accessWords"
import { RoleChoice } from "../people/RoleChoice"
import { Button, IconButton } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { Field, TextInput, Toggle } from "../shared/Field"
import { Icon } from "../shared/icons/Icon"
import { DetailPane } from "../shared/ListDetail"
import { Note } from "../shared/Note"
import { toast } from "../shared/toast"
import { changeRole, deleteRole, useRefreshRoles } from "./api"
import { groupsOf, possibleParents } from "./matrix"
import type { GivenAction, Role } from "./types"

interface Props {
  role: Role
  roles: readonly Role[]
  actions: readonly GivenAction[]
  onClose: () => void
}

/** One role: its name, what is above it, its limit, and its end. */
export function RolePane({ role, roles, actions, onClose }: Props) {
  const manages = role.can.includes("role.manage")
  return (
    <DetailPane label="Role">
      <header className="detail-head">
        <span className="tile lg is-govern">
          <Icon name="usercheck" />
        </span>
        <div className="col grow">
          <h2 className="cut">{role.label}</h2>
          <span className="xs subtle mono">{role.key}</span>
        </div>
        <IconButton label="Close" icon="x" variant="ghost" onClick={onClose} />
      </header>
      <div className="detail-in">
        <Link className="linkish sm" href={`/people?role=${encodeURIComponent(role.key)}`}>
          {role.members === 1 ? "1 person has it" : `${role.members} people have it`}
        </Link>
        <Settings role={role} roles={roles} actions={actions} readOnly={!manages} />
        {manages && <Deletion role={role} onGone={onClose} />}
      </div>
    </DetailPane>
  )
}

interface SettingsProps extends Omit<Props, "onClose"> {
  readOnly: boolean
}

function Settings({ role, roles, actions, readOnly }: SettingsProps) {
  const refresh = useRefreshRoles()
  const [label, setLabel] = useState(role.label)
  const [parents, setParents] = useState<readonly string[]>(role.parents)
  const [ceiling, setCeiling] = useState<readonly string[] | null>(role.ceiling)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const errors = fieldErrors(failure)
  const change = {
    ...(label.trim() !== role.label ? { label: label.trim() } : {}),
    ...(differ(parents, role.parents) ? { parents: [...parents] } : {}),
    ...(differ(ceiling, role.ceiling) ? { ceiling: ceiling && [...ceiling] } : {}),
  }
  const isChanged = Object.keys(change).length > 0
  const save = async () => {
    setBusy(true)
    setFailure(null)
    try {
      await changeRole(role.id, change)
      toast("It counts from the next request on.", { icon: "check" })
      await refresh()
    } catch (problem) {
      setFailure(problem)
    } finally {
      setBusy(false)
    }
  }
  const choices = possibleParents(role, roles)
  return (
    <form
      className="given"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (isChanged && !busy) void save()
      }}
    >
      <Field label="Name" error={errors.label}>
        {(control) => (
          <TextInput
            {...control}
            readOnly={readOnly}
            maxLength={120}
            value={label}
            onChange={({ target }) => setLabel(target.value)}
          />
        )}
      </Field>
      <RoleChoice
        label="Inherits from"
        roles={choices.map((each) => ({ value: each.key, label: each.label }))}
        chosen={parents}
        error={errors.parents}
        readOnly={readOnly}
        onChange={setParents}
      />
      <Ceiling actions={actions} ceiling={ceiling} readOnly={readOnly} onChange={setCeiling} />
      {failure !== null && !errors.label && !errors.parents && (
        <Note kind="bad">{failureText(failure, "It could not be saved.")}</Note>
      )}
      {!readOnly && (
        <div className="row g2">
          <Button variant="primary" submit busy={busy} disabledReason={!isChanged && "Nothing is changed."}>
            Save
          </Button>
        </div>
      )}
    </form>
  )
}

function differ(one: readonly string[] | null, other: readonly string[] | null): boolean {
  if (one === null || other === null) return one !== other
  return [...one].sort().join() !== [...other].sort().join()
}

interface CeilingProps {
  actions: readonly GivenAction[]
  ceiling: readonly string[] | null
  readOnly: boolean
  onChange: (ceiling: readonly string[] | null) => void
}

/** What whoever has the role may at most, whatever other roles and shares give. */
function Ceiling({ actions, ceiling, readOnly, onChange }: CeilingProps) {
  const toggle = (name: string) => {
    if (readOnly || !ceiling) return
    onChange(ceiling.includes(name) ? ceiling.filter((each) => each !== name) : [...ceiling, name])
  }
  return (
    <div className="ceiling">
      <Toggle
        label="Limit"
        hint="Whoever has this role may do nothing beyond the limit, whatever other roles, shares and policies give."
        checked={ceiling !== null}
        disabled={readOnly}
        onChange={(on) =>
          onChange(on ? actions.filter((each) => !each.everybodys).map((each) => each.name) : null)
        }
      />
      {ceiling &&
        groupsOf(actions).map((group) => (
          <fieldset key={group.type}>
            <legend className="xs subtle">{typeWords(group.type)}</legend>
            {group.actions.map((action) => (
              <label key={action.name} className="row g2 sm">
                <input
                  type="checkbox"
                  checked={ceiling.includes(action.name)}
                  disabled={readOnly}
                  onChange={() => toggle(action.name)}
                />
                {action.label}
              </label>
            ))}
          </fieldset>
        ))}
    </div>
  )
}

function Deletion({ role, onGone }: { role: Role; onGone: () => void }) {
  const refresh = useRefreshRoles()
  const [asking, setAsking] = useState(false)
  return (
    <section className="deactivation">
      <Button
        variant="danger"
        icon="trash"
        disabledReason={role.members > 0 && "People have it. Take it away from them first."}
        onClick={() => setAsking(true)}
      >
        Delete
      </Button>
      {asking && (
        <ConfirmDialog
          title={`Delete the role ${role.label}`}
          action="Delete"
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await deleteRole(role.id)
            setAsking(false)
            onGone()
            await refresh()
            toast(`The role ${role.label} is gone.`, { icon: "trash" })
          }}
        >
          <p>Nobody has it. Policies that name it match nobody by it any more.</p>
        </ConfirmDialog>
      )}
    </section>
  )
}
