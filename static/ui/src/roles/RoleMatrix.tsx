import { useState, type KeyboardEvent } from "react"
import { typeWords } from "../people/accessWords"
import { Icon } from "../shared/icons/Icon"
import { cellOf, groupsOf, neighbour, toggled, type Cell, type Draft } from "./matrix"
import type { GivenAction, Role } from "./types"

interface Props {
  roles: readonly Role[]
  actions: readonly GivenAction[]
  draft: Draft
  open: string | null
  onDraft: (draft: Draft) => void
  onOpen: (key: string) => void
}

/** Actions down, roles across. Arrows move, Space gives or takes away; a head opens its role. */
export function RoleMatrix({ roles, actions, draft, open, onDraft, onOpen }: Props) {
  const [at, setAt] = useState<readonly [number, number]>([0, 0])
  const groups = groupsOf(actions)
  const rows = groups.flatMap((group) => group.actions)
  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    const place = (event.target as HTMLElement).dataset.at
    if (!place) return
    const [row = 0, column = 0] = place.split(" ").map(Number)
    const next = neighbour([row, column], event.key, rows.length, roles.length)
    if (!next) return
    event.preventDefault()
    setAt(next)
    event.currentTarget.querySelector<HTMLElement>(`[data-at="${next[0]} ${next[1]}"]`)?.focus()
  }
  return (
    <div className="card matrix-card">
      <table className="matrix" role="grid" aria-label="Permissions of roles" onKeyDown={onKeyDown}>
        <thead>
          <tr>
            <th scope="col" className="matrix-corner">
              May …
            </th>
            {roles.map((role) => (
              <th key={role.id} scope="col" className={role.key === open ? "is-on" : ""}>
                <button type="button" className="matrix-role" onClick={() => onOpen(role.key)}>
                  <span className="cut">{role.label}</span>
                  <small>{role.members === 1 ? "1 person" : `${role.members} people`}</small>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        {groups.map((group) => (
          <tbody key={group.type}>
            <tr className="matrix-group">
              <th scope="rowgroup" colSpan={roles.length + 1}>
                {typeWords(group.type)}
              </th>
            </tr>
            {group.actions.map((action) => {
              const row = rows.indexOf(action)
              return (
                <tr key={action.name}>
                  <th scope="row" title={action.name}>
                    {action.label}
                  </th>
                  {roles.map((role, column) => (
                    <td key={role.id}>
                      <CellButton
                        role={role}
                        action={action}
                        cell={cellOf(role, action.name, draft)}
                        isChanged={
                          role.permissions.includes(action.name) !==
                          (cellOf(role, action.name, draft).given === "self")
                        }
                        place={`${row} ${column}`}
                        isStop={at[0] === row && at[1] === column}
                        onToggle={() => {
                          setAt([row, column])
                          onDraft(toggled(role, action.name, draft))
                        }}
                      />
                    </td>
                  ))}
                </tr>
              )
            })}
          </tbody>
        ))}
      </table>
      <p className="matrix-key xs subtle">
        <span className="row g1">
          <span className="matrix-mark is-self">
            <Icon name="check" size={12} />
          </span>
          given by the role
        </span>
        <span className="row g1">
          <span className="matrix-mark is-above">
            <Icon name="check" size={12} />
          </span>
          inherited
        </span>
        <span className="row g1">
          <span className="matrix-mark is-bounded">
            <Icon name="ban" size={12} />
          </span>
          beyond the role’s limit
        </span>
      </p>
    </div>
  )
}

interface CellProps {
  role: Role
  action: GivenAction
  cell: Cell
  isChanged: boolean
  place: string
  isStop: boolean
  onToggle: () => void
}

function CellButton({ role, action, cell, isChanged, place, isStop, onToggle }: CellProps) {
  const may = role.can.includes("role.manage")
  const words = wordsOf(cell)
  const has = cell.given !== "none"
  const look = cell.bounded && has ? "is-bounded" : cell.given === "self" ? "is-self" : has ? "is-above" : ""
  return (
    <button
      type="button"
      className={`matrix-mark ${look}${isChanged ? " is-changed" : ""}`}
      data-at={place}
      tabIndex={isStop ? 0 : -1}
      aria-pressed={cell.given === "self"}
      aria-disabled={!may || undefined}
      aria-label={`${role.label}: ${action.label}${words ? `, ${words}` : ""}`}
      title={words || undefined}
      onClick={() => may && onToggle()}
    >
      {has && <Icon name={cell.bounded ? "ban" : "check"} size={12} />}
    </button>
  )
}

function wordsOf(cell: Cell): string {
  const inherited = cell.given === "above" ? `inherited from ${cell.by}` : ""
  const bounded = cell.bounded && cell.given !== "none" ? "beyond the role’s limit" : ""
  return [inherited, bounded].filter(Boolean).join(", ")
}
