import type { RefObject } from "react"
import type { GraphDocument } from "../api/types"
import type { CanvasHandle } from "../canvas/LodFlow"
import { IconButton } from "../shared/Button"
import { Toggle } from "../shared/Field"
import { StateMark } from "../shared/StateMark"
import { statusLabel } from "../shared/status"
import type { LiveRun } from "./LiveRun"
import { countStates } from "./runFacts"
import { useBatchedVersion } from "./useBatchedVersion"

interface Props {
  graph: GraphDocument
  live: LiveRun
  canvas: RefObject<CanvasHandle | null>
  /** Whether the running node is followed; null when the run is over. */
  following: boolean | null
  onFollow: (on: boolean) => void
}

/** Over the graph: how many nodes stand in each state, and how to look at it. */
export function RunToolbar({ graph, live, canvas, following, onFollow }: Props) {
  useBatchedVersion(live.statuses)
  const counts = countStates(
    graph.nodes.map((node) => node.id),
    (node) => live.statuses.get(node)?.status,
  )
  return (
    <div className="toolbar">
      <ul className="run-counts" aria-label="Nodes by state">
        {counts.map(([status, count]) => (
          <li key={status} title={`${count} ${statusLabel(status).toLowerCase()}`}>
            <StateMark status={status} label={String(count)} />
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
