import { Badge } from "../shared/Badge"
import { ago, count } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { ListTable, NameCell } from "../shared/ListTable"
import { MomentCell } from "../shared/MomentCell"
import { NotACondition, readCondition } from "./model/condition"
import type { Vocabulary } from "./model/vocabulary"
import { actionWords, conditionWords, resourceWords } from "./model/words"
import { StatusBadge } from "./StatusBadge"
import type { Policy } from "./types"

interface Props {
  policies: readonly Policy[]
  words: Vocabulary
}

const COLUMNS = [
  "Name",
  "Effect",
  "What",
  "When",
  { label: "Hits in 24 h", look: "num" },
  "Tests",
  { label: "Changed", look: "wide-only" },
  "Status",
]

export function PolicyTable({ policies, words }: Props) {
  const now = useNow(30_000)
  return (
    <ListTable label="Policies" columns={COLUMNS}>
      {policies.map((policy) => (
        <tr key={policy.id}>
          <NameCell
            name={policy.label}
            about={policy.key}
            href={`/policies/${policy.id}`}
            isOn={false}
            tile={{ icon: "shield", look: "is-govern" }}
          />
          <td>
            <span className={policy.effect === "deny" ? "row g1 failed med" : "row g1 muted"}>
              <Icon name={policy.effect === "deny" ? "shieldx" : "shieldcheck"} size={14} />
              {policy.effect === "deny" ? "Deny" : "Allow"}
            </span>
          </td>
          <td className="policy-words" title={policy.actions.join(", ")}>
            <span className="col">
              <span className="cut">{actionWords(policy.actions, words)}</span>
              <span className="xs subtle cut">
                {resourceWords(policy.resource_type, policy.resources, words)}
              </span>
            </span>
          </td>
          <td className="policy-words muted cut" title={whenOf(policy, words)}>
            {whenOf(policy, words)}
          </td>
          <td className="num">{count(policy.hits_24h)}</td>
          <td>
            <Tests policy={policy} />
          </td>
          <MomentCell at={policy.draft?.at ?? policy.updated_at} words={(at) => ago(at, now)} wideOnly />
          <td>
            <span className="row g1">
              <StatusBadge status={policy.status} />
              {policy.draft && <Badge kind="accent">Draft</Badge>}
              {policy.referenced_unknown.length > 0 && <Badge kind="bad">Unknown attribute</Badge>}
            </span>
          </td>
        </tr>
      ))}
    </ListTable>
  )
}

function whenOf({ condition }: Policy, words: Vocabulary): string {
  try {
    return conditionWords(readCondition(condition), words) || "always"
  } catch (fault) {
    if (fault instanceof NotACondition) return "–"
    throw fault
  }
}

function Tests({ policy: { tests } }: { policy: Policy }) {
  if (tests.failed > 0)
    return <Badge kind="bad">{tests.failed === 1 ? "1 fails" : `${tests.failed} fail`}</Badge>
  return <span className="muted">{tests.passed > 0 ? `${tests.passed} pass` : "–"}</span>
}
