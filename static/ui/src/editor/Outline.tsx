import { useMemo } from "react"
import { Icon } from "../shared/icons/Icon"
import { NodeTile } from "../shared/icons/nodeIcon"
import { duration, plural } from "../shared/format"
import { nodeDuration } from "../shared/live/reduce"
import { useNodeState } from "../shared/live/statusStore"
import { subtitleOf, titleOf } from "../shared/mapping"
import { moveAmongRows } from "../shared/rowKeys"
import { StateMark } from "../shared/StateMark"
import { useProblemCount } from "../canvas/problemStore"
import type { NodeDocument } from "../api/types"
import { flowOrder } from "./flowOrder"
import { selectStep } from "./intents"
import { around } from "../canvas/scopes"
import { useEditor, useParents, useSession, useShownRun } from "./SessionContext"
import "./Outline.css"

/** The same graph as a table, in the order of flow: everything the canvas shows, without a pointer. */
export default function Outline() {
  const graph = useEditor((state) => state.graph)
  const order = useMemo(() => flowOrder(graph), [graph])
  const parents = useParents()
  return (
    // arrow keys move among the rows' buttons
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className="outline scroll" onKeyDown={moveAmongRows}>
      <table className="list dense">
        <caption className="sr">Steps in the order of flow</caption>
        <thead>
          <tr>
            <th>Step</th>
            <th>Comes from</th>
            <th>Goes to</th>
            <th>State</th>
            <th className="num">Time</th>
            <th>Problems</th>
          </tr>
        </thead>
        <tbody>
          {order.map((node) => (
            <OutlineRow key={node.id} node={node} depth={around(node.id, parents).length} />
          ))}
        </tbody>
      </table>
      {order.length === 0 && (
        <p className="outline-none muted sm">No steps yet. Press / and type what you need.</p>
      )}
    </div>
  )
}

const INDENT = 20

function OutlineRow({ node, depth }: { node: NodeDocument; depth: number }) {
  const session = useSession()
  const type = session.nodeTypes.get(node.type)
  const selected = useEditor((state) => state.selection.nodes.has(node.id))
  const graph = useEditor((state) => state.graph)
  const state = useNodeState(session.statuses, node.id)
  const problems = useProblemCount(session.problemCounts, node.id)
  const hasRun = useShownRun() !== null
  const name = (id: string) => {
    const found = graph.nodes.find((item) => item.id === id)
    return found ? titleOf(found, session.nodeTypes.get(found.type)) : id
  }
  const from = graph.connections.filter((item) => item.target === node.id)
  const to = graph.connections.filter((item) => item.source === node.id)
  const ms = nodeDuration(state, Date.now())
  const count = problems ? problems.errors + problems.warnings : 0
  return (
    <tr className={selected ? "is-on" : undefined}>
      <td>
        <button
          type="button"
          className="row g2 outline-name"
          style={{ paddingLeft: depth * INDENT }}
          data-row="step"
          aria-current={selected || undefined}
          onClick={() => {
            selectStep(session, node.id)
            session.ui.setState({ inspectorOpen: true })
          }}
        >
          {depth > 0 && <span className="sr">Inside {session.titleOf(node.parent ?? "")}: </span>}
          <NodeTile icon={type?.icon ?? "warn"} category={type?.category ?? "govern"} />
          <span className="med cut">{titleOf(node, type)}</span>
          <span className="subtle cut">{subtitleOf(node, type)}</span>
        </button>
      </td>
      <td className="muted">
        {from.map((item) => `${name(item.source)} (${item.output})`).join(", ") || "–"}
      </td>
      <td className="muted">{to.map((item) => `${name(item.target)} (${item.input})`).join(", ") || "–"}</td>
      <td>
        {hasRun ? <StateMark status={state?.status ?? "pending"} /> : <span className="subtle">–</span>}
      </td>
      <td className="num">{hasRun && ms !== null ? duration(ms) : ""}</td>
      <td>
        {problems && (
          <button
            type="button"
            className={`row g1 ${problems.errors ? "failed" : "retrying"}`}
            onClick={() => session.focusOn(node.id)}
          >
            <Icon name="warn" size={14} />
            {plural(count, "problem")}
          </button>
        )}
      </td>
    </tr>
  )
}
