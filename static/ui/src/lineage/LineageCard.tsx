import type { Node, NodeProps } from "@xyflow/react"
import { useLevels } from "../access/api"
import { LevelBars } from "../policies/builder/LevelBars"
import { plural } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { NodeTile } from "../shared/icons/nodeIcon"
import { FEW, type Card } from "./cards"
import { useGraphState } from "./GraphContext"
import { keyOf } from "./trace"
import type { GraphColumn } from "./types"
import { markOf, shapeOf } from "./words"

export type CardNode = Node<{ card: Card; wires: ReadonlyMap<string, string> }, "card">

/** A dataset or a step with its columns: each can be chosen. */
export function LineageCard({ data: { card, wires } }: NodeProps<CardNode>) {
  const { node, columns, hidden } = card
  const { chosen, stop, choose, open, register, onFocus } = useGraphState()
  const levels = useLevels()
  const at = { node: node.id, column: null }
  const isOn = chosen?.node === node.id && chosen.column === null
  return (
    <article className={isOn ? "lin-card is-on" : "lin-card"} aria-label={node.name}>
      <button
        type="button"
        ref={(button) => register(keyOf(at), button)}
        className="lin-head nodrag"
        aria-pressed={isOn}
        tabIndex={stop === keyOf(at) ? 0 : -1}
        title={node.workflow ? `${node.name}, in “${node.workflow.name}”` : node.name}
        onClick={() => choose(at)}
        onFocus={() => onFocus(at)}
      >
        <NodeTile {...markOf(node)} />
        <span className="grow">
          <b className="cut">{node.name}</b>
          <small className="cut">{node.detail}</small>
        </span>
        <LevelBars level={node.classification} levels={levels} />
        <span className="sr">
          {node.classification}
          {wires.get(keyOf(at))}
        </span>
      </button>
      {(columns.length > 0 || hidden > 0) && (
        <ul>
          {columns.map((column) => (
            <li key={column.name}>
              <Row node={node.id} column={column} wires={wires} />
            </li>
          ))}
          {hidden > 0 && (
            <li>
              <button
                type="button"
                className="lin-row lin-more nodrag"
                tabIndex={columns.length > FEW ? -1 : 0}
                onClick={() => open(node.id)}
              >
                {plural(hidden, "more column")}
              </button>
            </li>
          )}
        </ul>
      )}
    </article>
  )
}

interface RowProps {
  node: string
  column: GraphColumn
  wires: ReadonlyMap<string, string>
}

function Row({ node, column, wires }: RowProps) {
  const { chosen, trace, stop, choose, register, onFocus } = useGraphState()
  const at = { node, column: column.name }
  const key = keyOf(at)
  const isOn = chosen?.node === node && chosen.column === column.name
  const looks = ["lin-row nodrag", isOn && "is-on", trace && (trace.places.has(key) ? "is-hot" : "is-cold")]
  return (
    <button
      type="button"
      ref={(button) => register(key, button)}
      className={looks.filter(Boolean).join(" ")}
      aria-pressed={isOn}
      tabIndex={stop === key ? 0 : -1}
      onClick={() => choose(at)}
      onFocus={() => onFocus(at)}
    >
      <i className={`port ${shapeOf(column.type)}`} title={column.type} aria-hidden="true" />
      <code className="cut" title={column.name}>
        {column.name}
      </code>
      {column.masked && (
        <span className="mask" title={`Masked for you: ${column.masked}`}>
          <Icon name="eyeoff" size={12} />
          {column.masked}
        </span>
      )}
      <span className="sr">
        , {column.type}
        {wires.get(key)}
      </span>
    </button>
  )
}
