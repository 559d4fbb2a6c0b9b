import { Button } from "../../shared/Button"
import { Icon } from "../../shared/icons/Icon"
import { Menu } from "../../shared/Menu"
import { isGroup, newComparison, newGroup, type Group, type Join } from "../model/condition"
import { append, setJoin } from "../model/moves"
import { joinWords, JOIN_WORDS } from "../model/words"
import { useBuilder } from "./BuilderContext"
import { ComparisonRow } from "./ComparisonRow"
import { focusIn } from "./focus"
import { Handle } from "./Handle"
import { Remarks } from "./Remarks"

const JOINS: readonly Join[] = ["all", "any", "none"]
const HINTS: Readonly<Record<Join, string>> = {
  all: "every one has to hold",
  any: "one is enough",
  none: "not a single one holds",
}

/** Conditions joined by all, any or none of them. */
export function GroupView({ group, isRoot = false }: { group: Group; isRoot?: boolean }) {
  const { readOnly, remarks, dragged } = useBuilder()
  const name = joinWords(group)
  return (
    <div
      className={dragged === group.id ? "cond-group is-dragged" : "cond-group"}
      role="group"
      aria-label={name}
    >
      <div className="cond-head">
        {!isRoot && !readOnly && <Handle part={group} />}
        <JoinMenu group={group} />
        {!isRoot && !readOnly && <Adders group={group} isNested />}
      </div>
      <Remarks remarks={remarks.get(group.id)} />
      <ul className="cond-parts" data-parts={group.id}>
        {group.children.map((child) => (
          <li key={child.id} data-part={child.id}>
            {isGroup(child) ? <GroupView group={child} /> : <ComparisonRow comparison={child} />}
          </li>
        ))}
      </ul>
      {isRoot && group.children.length === 0 && (
        <p className="sm muted cond-none">No condition: it always applies.</p>
      )}
      {isRoot && !readOnly && <Adders group={group} />}
    </div>
  )
}

function JoinMenu({ group }: { group: Group }) {
  const { keeper, readOnly } = useBuilder()
  const name = joinWords(group)
  if (readOnly) return <span className="cond-join">{name}</span>
  return (
    <Menu
      align="start"
      width={280}
      items={JOINS.map((join) => ({
        label: `${JOIN_WORDS[join]}: ${HINTS[join]}`,
        icon: join === group.join ? ("check" as const) : undefined,
        onSelect: () => keeper.editTree((tree) => setJoin(tree, group.id, join)),
      }))}
    >
      <button type="button" className="cond-join" aria-label={`${name}: change how these are joined`}>
        {name}
        <Icon name="down" size={12} />
      </button>
    </Menu>
  )
}

function Adders({ group, isNested = false }: { group: Group; isNested?: boolean }) {
  const { keeper } = useBuilder()
  const add = (isGroupToo: boolean) => {
    const comparison = newComparison()
    const part = isGroupToo ? newGroup(group.join === "any" ? "all" : "any", [comparison]) : comparison
    keeper.editTree((tree) => append(tree, group.id, part))
    focusIn(comparison.id, "input")
  }
  const where = isNested ? ` to “${joinWords(group)}”` : ""
  return (
    <span className={isNested ? "cond-adders is-nested" : "cond-adders"}>
      <Button
        variant="ghost"
        size="sm"
        icon="plus"
        className="cond-add"
        aria-label={`Add a condition${where}`}
        onClick={() => add(false)}
      >
        Condition
      </Button>
      <Button
        variant="ghost"
        size="sm"
        icon="plus"
        aria-label={`Add a group${where}`}
        onClick={() => add(true)}
      >
        Group
      </Button>
    </span>
  )
}
