import type { AccessRequest } from "../access/types"
import { ago } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { ListTable, NameCell } from "../shared/ListTable"
import { MomentCell } from "../shared/MomentCell"
import { StateMark } from "../shared/StateMark"
import { actionWords, markOf, resourceWords } from "./words"

interface Props {
  requests: readonly AccessRequest[]
  selected: string | null
  hrefOf: (id: string) => string
}

const COLUMNS = ["Who", "State", { label: "What", look: "wide-only" }, "Asked"]

export function RequestTable({ requests, selected, hrefOf }: Props) {
  const now = useNow(15_000)
  return (
    <ListTable label="Requests" columns={COLUMNS}>
      {requests.map((request) => {
        const { mark, label } = markOf(request.status)
        const isOn = request.id === selected
        return (
          <tr key={request.id} className={isOn ? "is-on" : ""}>
            <NameCell
              name={request.user.name || request.user.email}
              about={resourceWords(request)}
              href={hrefOf(request.id)}
              isOn={isOn}
              tile={{ icon: "lock", look: "is-govern" }}
            />
            <td>
              <StateMark status={mark} pill={request.can_decide} label={label} />
            </td>
            <td className="wide-only">{actionWords(request)}</td>
            <MomentCell at={request.created_at} words={(at) => ago(at, now)} />
          </tr>
        )
      })}
    </ListTable>
  )
}
