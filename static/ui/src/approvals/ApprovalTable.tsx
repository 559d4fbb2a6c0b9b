import { Link } from "wouter"
import { ago, moment, until } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { moveAmongRows } from "../shared/rowKeys"
import { StateMark } from "../shared/StateMark"
import type { Approval } from "./types"
import { countWords, markOf } from "./words"

interface Props {
  approvals: readonly Approval[]
  selected: string | null
  hrefOf: (id: string) => string
}

export function ApprovalTable({ approvals, selected, hrefOf }: Props) {
  const now = useNow(15_000)
  return (
    <table className="list" aria-label="Approvals">
      <thead>
        <tr>
          <th scope="col">Approval</th>
          <th scope="col">State</th>
          <th scope="col" className="wide-only">
            Run
          </th>
          <th scope="col">Asked</th>
          <th scope="col" className="wide-only">
            Expires
          </th>
        </tr>
      </thead>
      <tbody>
        {approvals.map((approval) => (
          <Row
            key={approval.id}
            approval={approval}
            now={now}
            isOn={approval.id === selected}
            href={hrefOf(approval.id)}
          />
        ))}
      </tbody>
    </table>
  )
}

function Row({ approval, now, isOn, href }: { approval: Approval; now: Date; isOn: boolean; href: string }) {
  const { mark, label } = markOf(approval.status)
  const pending = approval.status === "pending"
  return (
    <tr className={isOn ? "is-on" : ""}>
      <td>
        <span className="row g3">
          <span className="tile lg is-flow">
            <Icon name="usercheck" />
          </span>
          <span className="name-cell">
            <Link
              className="title cut row-link"
              href={href}
              aria-current={isOn || undefined}
              onKeyDown={moveAmongRows}
            >
              {approval.title || approval.node}
            </Link>
            <span className="xs subtle cut">{approval.workflow.name}</span>
          </span>
        </span>
      </td>
      <td>
        <StateMark
          status={mark}
          pill={pending && approval.may_act}
          label={pending ? (countWords(approval) ?? label) : label}
        />
      </td>
      <td className="wide-only num">{approval.run.number}</td>
      <td className="muted" title={moment(approval.created_at)}>
        {ago(approval.created_at, now)}
      </td>
      <td className="muted wide-only" title={approval.expires_at ? moment(approval.expires_at) : undefined}>
        {pending && approval.expires_at ? until(approval.expires_at, now) : "–"}
      </td>
    </tr>
  )
}
