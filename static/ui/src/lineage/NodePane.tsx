import { Link } from "wouter"
import { Button } from "../shared/Button"
import { plural } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { NodeTile } from "../shared/icons/nodeIcon"
import { Level } from "./Level"
import { around, type At } from "./trace"
import type { GraphNode, LineageGraph } from "./types"
import { markOf, shapeOf } from "./words"

interface Props {
  graph: LineageGraph
  node: GraphNode
  isFocus: boolean
  onChoose: (at: At) => void
  onFocus: () => void
}

/** A dataset or a step: what it is, and its columns. */
export function NodePane({ graph, node, isFocus, onChoose, onFocus }: Props) {
  const { before, behind } = around(graph, { node: node.id, column: null })
  const nextTo = (ids: readonly string[]) => new Set(ids).size
  return (
    <>
      <span className="xs subtle">{node.kind === "step" ? "Step" : "Dataset"}</span>
      <div className="row">
        <NodeTile {...markOf(node)} />
        <h2 className="lin-title cut" title={node.name}>
          {node.name}
        </h2>
        <Level level={node.classification} />
      </div>
      <p className="sm muted">
        {node.detail}. {plural(nextTo(before.map(({ from }) => from)), "source")},{" "}
        {plural(nextTo(behind.map(({ to }) => to)), "target")}.
      </p>
      <div className="row wrap">
        {!isFocus && (
          <Button size="sm" icon="lineage" onClick={onFocus}>
            Draw the graph around it
          </Button>
        )}
        {node.workflow && (
          <Link className="btn sm" href={`/workflows/${node.workflow.id}`}>
            <Icon name="workflow" size={14} />
            {node.workflow.name}
          </Link>
        )}
      </div>
      <h3 className="h3">{plural(node.columns.length, "column")}</h3>
      {node.columns.length === 0 && (
        <p className="sm muted">No columns are known: its data is no list of records.</p>
      )}
      <ul className="lin-columns">
        {node.columns.map(({ name, type, masked }) => (
          <li key={name}>
            <button type="button" onClick={() => onChoose({ node: node.id, column: name })}>
              <i className={`port ${shapeOf(type)}`} />
              <code className="cut">{name}</code>
              <span className="end xs subtle">{type}</span>
              {masked && (
                <span className="mask">
                  <Icon name="eyeoff" size={12} />
                  {masked}
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}
