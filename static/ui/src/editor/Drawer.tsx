import { useMemo } from "react"
import type { GraphProblem } from "../api/types"
import { Count } from "../shared/Badge"
import { IconButton } from "../shared/Button"
import { clock, plural } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { glyphFor } from "../shared/icons/nodeIcon"
import { StateIcon } from "../shared/icons/StateIcon"
import { titleOf } from "../shared/mapping"
import { Prose } from "../shared/Prose"
import { moveAmongRows } from "../shared/rowKeys"
import { problemWords } from "../inspector/problemWords"
import { PanelEdge } from "./PanelEdge"
import { useEditor, useSession, useUi } from "./SessionContext"
import "./Drawer.css"

/** What is wrong with the draft, and the way there. */
export function Drawer() {
  const session = useSession()
  const problems = useUi((ui) => ui.problems)
  const checkedAt = useUi((ui) => ui.checkedAt)
  const graph = useEditor((state) => state.graph)
  const sorted = useMemo(
    () => [...problems].sort((a, b) => Number(a.severity === "warning") - Number(b.severity === "warning")),
    [problems],
  )
  const errors = problems.filter((problem) => problem.severity === "error").length
  const warnings = problems.length - errors
  return (
    <section className="panel drawer" aria-label="Problems">
      <PanelEdge
        side="top"
        variable="--drawer"
        label="Height of the drawer"
        min={120}
        max={520}
        initial={208}
      />
      <header className="drawer-head">
        <h2>
          Problems {errors > 0 && <Count kind="bad">{errors}</Count>}{" "}
          {warnings > 0 && <Count kind="warn">{warnings}</Count>}
        </h2>
        <IconButton
          variant="ghost"
          size="sm"
          icon="down"
          label="Close"
          keys="Ctrl J"
          onClick={() => session.ui.setState({ drawerOpen: false })}
        />
      </header>
      {/* arrow keys move among the rows' buttons */}
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div className="scroll drawer-body" onKeyDown={moveAmongRows}>
        {sorted.map((problem, at) => (
          <ProblemRow key={`${at} ${problem.code} ${problem.node} ${problem.field}`} problem={problem} />
        ))}
        <p className="xs subtle drawer-foot">
          {problems.length === 0 && "No problems. "}
          Checked {plural(graph.nodes.length, "node")} and {plural(graph.connections.length, "connection")}
          {checkedAt && ` at ${clock(checkedAt)}`} · errors block publishing, warnings do not
        </p>
      </div>
    </section>
  )
}

function ProblemRow({ problem }: { problem: GraphProblem }) {
  const session = useSession()
  const node = useEditor((state) => state.graph.nodes.find((item) => item.id === problem.node))
  const type = node && session.nodeTypes.get(node.type)
  const field = problem.field?.replace(/^(config|options|inputs|settings)\./, "")
  const words = problemWords(problem, type?.parameters_schema)
  const place = [field, problem.line ? `line ${problem.line}` : ""].filter(Boolean).join(", ")
  const body = (
    <>
      <span className={problem.severity === "error" ? "failed" : "retrying"}>
        {problem.severity === "error" ? <StateIcon status="failed" /> : <Icon name="warn" size={14} />}
        <span className="sr">{problem.severity}</span>
      </span>
      <span className="cut" title={words}>
        <b className="med">
          <Prose text={words} />
        </b>{" "}
        {problem.hint && (
          <span className="muted">
            <Prose text={problem.hint} />
          </span>
        )}
      </span>
      <span className="where cut">
        {node && <Icon name={glyphFor(type?.icon ?? "warn")} size={14} />}
        <span className="cut">{node ? titleOf(node, type) : "Workflow"}</span>
      </span>
      <code className="xs muted cut">{place}</code>
    </>
  )
  const isSetting = !node && problem.field?.startsWith("settings.")
  if (!node && !isSetting) return <div className="prob">{body}</div>
  const go = () => session.focusOn(node?.id ?? null, problem.field ?? null, problem.line ?? null)
  return (
    <button type="button" className="prob" data-row="problem" onClick={go}>
      {body}
      <span className="prob-go" aria-hidden="true">
        {problem.severity === "error" ? "Fix it" : "Open"}
      </span>
    </button>
  )
}
