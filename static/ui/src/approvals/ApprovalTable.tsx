import { ago, until } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { ListTable, NameCell } from "../shared/ListTable"
import { MomentCell } from "../shared/MomentCell"
import { StateMark } from "../shared/StateMark"
import type { Approval } from "./types"
import { countWords, markOf } from "./words"

interface Props {
  approvals: readonly Approval[]
  selected: string | null
  hrefOf: (id: string) => string
}

const COLUMNS = [
  "Approval",
  "State",
  { label: "Run", look: "wide-only" },
  "Asked",
  { label: "Expires", look: "wide-only" },
]

export function ApprovalTable({ approvals, selected, hrefOf }: Props) {
  const now = useNow(15_000)
  return (
    <ListTable label="Approvals" columns={COLUMNS}>
      {approvals.map((approval) => (
        <Row
          key={approval.id}
          approval={approval}
          now={now}
          isOn={approval.id === selected}
          href={hrefOf(approval.id)}
        />
      ))}
    </ListTable>
  )
}

function Row({ approval, now, isOn, href }: { approval: Approval; now: Date; isOn: boolean; href: string }) {
  const { mark, label } = markOf(approval.status)
  const pending = approval.status === "pending"
  return (
    <tr className={isOn ? "is-on" : ""}>
      <NameCell
        name={approval.title || approval.node}
        about={approval.workflow.name}
        href={href}
        isOn={isOn}
        tile={{ icon: "usercheck", look: "is-flow" }}
      />
      <td>
        <StateMark
          status={mark}
          pill={pending && approval.may_act}
          label={pending ? (countWords(approval) ?? label) : label}
        />
      </td>
      <td className="wide-only num">{approval.run.number}</td>
      <MomentCell at={approval.created_at} words={(at) => ago(at, now)} />
      <MomentCell at={pending ? approval.expires_at : null} words={(at) => until(at, now)} wideOnly />
    </tr>
  )
}
