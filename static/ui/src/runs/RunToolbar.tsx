import type { RefObject } from "react"
import type { CanvasHandle } from "../canvas/LodFlow"
import { Button, IconButton } from "../shared/Button"
import { Toggle } from "../shared/Field"
import { count } from "../shared/format"
import { StateMark } from "../shared/StateMark"
import { statusLabel } from "../shared/status"
import { countStates } from "./runFacts"
import { useBatchedVersion } from "./useBatchedVersion"
import type { RunView } from "./useRunView"

interface Props {
  view: RunView
  /** Leads from a sub-workflow back to the run. */
  onBack: () => void
  canvas: RefObject<CanvasHandle | null>
  /** Whether the running node is followed; null when the run is over. */
  following: boolean | null
  onFollow: (on: boolean) => void
}

/** Over the graph: how many nodes stand in each state, and how to look at it. */
export function RunToolbar({ view, onBack, canvas, following, onFollow }: Props) {
  const { graph, steps } = view
  useBatchedVersion(steps)
  const counts = countStates(
    graph.nodes.filter((node) => !node.parent).map((node) => node.id),
    (node) => steps.get(node)?.status,
  )
  return (
    <div className="toolbar">
      {view.base && (
        <span className="run-inside">
          <Button size="sm" icon="left" onClick={onBack}>
            Back to the run
          </Button>
          <span className="sm muted cut">Inside “{view.titleIn(view.base)}”</span>
        </span>
      )}
      <ul className="run-counts" aria-label="Nodes by state">
        {counts.map(([status, nodes]) => (
          <li key={status} title={`${count(nodes)} ${statusLabel(status).toLowerCase()}`}>
            <StateMark status={status} label={count(nodes)} />
            <span className="sr">{statusLabel(status)}</span>
          </li>
        ))}
      </ul>
      <span className="row end g1">
        {following !== null && (
          <span className="run-follow">
            <Toggle label="Follow the running node" checked={following} onChange={onFollow} />
          </span>
        )}
        <IconButton
          label="Zoom out"
          icon="minus"
          size="sm"
          variant="ghost"
          onClick={() => canvas.current?.zoomOut()}
        />
        <IconButton
          label="Zoom in"
          icon="plus"
          size="sm"
          variant="ghost"
          onClick={() => canvas.current?.zoomIn()}
        />
        <IconButton label="Fit" icon="fit" size="sm" variant="ghost" onClick={() => canvas.current?.fit()} />
      </span>
    </div>
  )
}
