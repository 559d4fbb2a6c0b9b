import { Link } from "wouter"
import { Avatar } from "../shared/Avatar"
import { clockExact, date, moment } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { ListTable } from "../shared/ListTable"
import { moveAmongRows } from "../shared/rowKeys"
import type { Entry } from "./types"
import { actorName, objectWords, titleOf } from "./words"

interface Props {
  entries: readonly Entry[]
  selected: number | null
  hrefOf: (id: number) => string
}

const COLUMNS = ["Time", "Who", "Action", "Object", "Decision"]

export function EntryTable({ entries, selected, hrefOf }: Props) {
  const today = date(new Date().toISOString())
  return (
    <ListTable label="Entries" columns={COLUMNS}>
      {entries.map((entry) => {
        const isOn = entry.id === selected
        const day = date(entry.at)
        return (
          <tr key={entry.id} className={isOn ? "is-on" : ""}>
            <td className="muted mono" title={moment(entry.at)}>
              <Link
                className="row-link"
                href={hrefOf(entry.id)}
                aria-current={isOn || undefined}
                aria-label={`${titleOf(entry)}, ${actorName(entry)}, ${moment(entry.at)}`}
                onKeyDown={moveAmongRows}
              >
                {day !== today && `${day}, `}
                {clockExact(entry.at).slice(0, -4)}
              </Link>
            </td>
            <td>
              <span className="row g2">
                <Avatar name={actorName(entry)} />
                <span className="cut">{actorName(entry)}</span>
              </span>
            </td>
            <td>
              <code>{entry.action}</code>
            </td>
            <td className="audit-object cut" title={objectWords(entry)}>
              {objectWords(entry)}
            </td>
            <td>
              <DecisionMark decision={entry.decision} />
            </td>
          </tr>
        )
      })}
    </ListTable>
  )
}

/** Allowed quietly, denied not. */
export function DecisionMark({ decision }: { decision: Entry["decision"] }) {
  if (!decision) return <span className="muted">Done</span>
  const isDenied = decision === "denied"
  return (
    <span className={`row g1 med ${isDenied ? "failed" : "muted"}`}>
      <Icon name={isDenied ? "shieldx" : "shieldcheck"} size={14} />
      {isDenied ? "Denied" : "Allowed"}
    </span>
  )
}
