import { Link } from "wouter"
import { useLevels } from "../access/api"
import { Avatar } from "../shared/Avatar"
import { Badge } from "../shared/Badge"
import { ago, moment } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { ListTable } from "../shared/ListTable"
import { moveAmongRows } from "../shared/rowKeys"
import { StateMark } from "../shared/StateMark"
import type { Member } from "./types"

interface Props {
  people: readonly Member[]
  selected: string | null
  hrefOf: (id: string) => string
}

const COLUMNS = [
  "Who",
  "Roles",
  { label: "Clearance", look: "wide-only" },
  "State",
  { label: "Signed in", look: "wide-only" },
]

export function PersonTable({ people, selected, hrefOf }: Props) {
  const now = useNow(60_000)
  const levels = useLevels()
  const clearanceOf = ({ attributes }: Member) => {
    const key = attributes?.clearance as string | undefined
    return levels.find((level) => level.key === key)?.label ?? key ?? ""
  }
  return (
    <ListTable label="People" columns={COLUMNS}>
      {people.map((person) => (
        <tr key={person.id} className={person.id === selected ? "is-on" : ""}>
          <td>
            <span className="row g3">
              <Avatar name={person.name || person.email} />
              <span className="name-cell">
                <Link
                  className="title cut row-link"
                  href={hrefOf(person.id)}
                  aria-current={person.id === selected || undefined}
                  onKeyDown={moveAmongRows}
                >
                  {person.name || person.email}
                </Link>
                <span className="xs subtle cut">{person.email}</span>
              </span>
            </span>
          </td>
          <td>
            <span className="row g1 wrap">
              {person.roles.map((role) => (
                <Badge key={role.key}>{role.label}</Badge>
              ))}
              {person.roles.length === 0 && <span className="subtle">none</span>}
            </span>
          </td>
          <td className="wide-only muted">{clearanceOf(person)}</td>
          <td>
            <PersonState person={person} />
          </td>
          <td
            className="wide-only muted"
            title={person.signed_in_at ? moment(person.signed_in_at) : undefined}
          >
            {person.signed_in_at ? ago(person.signed_in_at, now) : "never"}
          </td>
        </tr>
      ))}
    </ListTable>
  )
}

export function PersonState({ person, pill }: { person: Member; pill?: boolean }) {
  return person.is_active ? (
    <StateMark status="succeeded" label="Active" pill={pill} />
  ) : (
    <StateMark status="cancelled" label="Deactivated" pill={pill} />
  )
}
