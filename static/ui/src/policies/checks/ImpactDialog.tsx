import { Link } from "wouter"
import { Button } from "../../shared/Button"
import { Dialog } from "../../shared/Dialog"
import { moment, plural } from "../../shared/format"
import { Icon } from "../../shared/icons/Icon"
import { ListTable } from "../../shared/ListTable"
import type { Impact } from "../types"

interface Props {
  impact: Impact
  onClose: () => void
}

const PAGES: Readonly<Record<string, string>> = { workflow: "/workflows/", run: "/runs/" }

/** The decisions that would be others. */
export function ImpactDialog({ impact, onClose }: Props) {
  const all = impact.newly_allowed + impact.newly_denied
  return (
    <Dialog
      open
      onClose={onClose}
      title="Decisions that would be others"
      width={860}
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="impact-list scroll">
        <ListTable label="Decisions" columns={["When", "Who", "Action", "What", "Was", "Would be"]}>
          {impact.list.map((one, at) => (
            <tr key={at}>
              <td className="muted num">{moment(one.at)}</td>
              <td className="cut">{one.user?.name || one.user?.email || "somebody"}</td>
              <td>
                <code>{one.action}</code>
              </td>
              <td>
                <Thing type={one.resource_type} id={one.resource_id} />
              </td>
              <td>
                <Mark allowed={one.before} />
              </td>
              <td>
                <Mark allowed={one.after} />
              </td>
            </tr>
          ))}
        </ListTable>
      </div>
      {all > impact.list.length && (
        <p className="xs subtle">
          The latest {impact.list.length} of {plural(all, "decision")}.
        </p>
      )}
    </Dialog>
  )
}

function Thing({ type, id }: { type: string; id: string }) {
  const page = PAGES[type]
  const words = type ? type.replaceAll("_", " ") : "the workspace"
  return page && id ? (
    <Link className="linkish" href={page + id}>
      {words} {id.slice(0, 8)}
    </Link>
  ) : (
    <span>{words}</span>
  )
}

function Mark({ allowed }: { allowed: boolean }) {
  return (
    <span className={allowed ? "row g1 muted" : "row g1 failed med"}>
      <Icon name={allowed ? "shieldcheck" : "shieldx"} size={14} />
      {allowed ? "allowed" : "denied"}
    </span>
  )
}
