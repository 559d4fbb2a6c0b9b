import { Link } from "wouter"
import { Avatar } from "../shared/Avatar"
import { date } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { ListTable } from "../shared/ListTable"
import { moveAmongRows } from "../shared/rowKeys"
import { kindLabel } from "./alertWords"
import type { Alert } from "./types"

const COLUMNS = ["What", "Who", "Day", { label: "Why", look: "wide-only" }]

interface Props {
  alerts: readonly Alert[]
  selected: string | null
  hrefOf: (id: string) => string
}

export function AlertTable({ alerts, selected, hrefOf }: Props) {
  return (
    <ListTable label="Alerts" columns={COLUMNS}>
      {alerts.map((alert) => {
        const isOn = alert.id === selected
        return (
          <tr key={alert.id} className={isOn ? "is-on" : ""}>
            <td>
              <span className="row g2">
                <span className={alert.acknowledged_at ? "subtle" : "retrying"}>
                  <Icon name={alert.acknowledged_at ? "check" : "warn"} size={14} />
                </span>
                <Link
                  className="title row-link"
                  href={hrefOf(alert.id)}
                  aria-current={isOn || undefined}
                  aria-label={`${kindLabel(alert.kind)}, ${alert.who}, ${date(alert.day)}`}
                  onKeyDown={moveAmongRows}
                >
                  {kindLabel(alert.kind)}
                </Link>
              </span>
            </td>
            <td>
              <span className="row g2">
                <Avatar name={alert.who} />
                <span className="cut">{alert.who}</span>
              </span>
            </td>
            <td className="muted">{date(alert.day)}</td>
            <td className="muted fw-why-cell wide-only">{alert.explanation}</td>
          </tr>
        )
      })}
    </ListTable>
  )
}
