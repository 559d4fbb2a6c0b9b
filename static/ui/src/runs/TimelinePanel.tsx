import { useMemo } from "react"
import type { GraphDocument } from "../api/types"
import { flowOrder } from "../editor/flowOrder"
import { useNow } from "../shared/hooks/useNow"
import { titleOf } from "../shared/mapping"
import { ScrollArea } from "../shared/ScrollArea"
import { isTerminal } from "../shared/status"
import type { LiveRun } from "./LiveRun"
import { axisFor, buildTimeline, criticalPath } from "./timeline"
import { TimelineAxis } from "./TimelineAxis"
import { TimelineRow } from "./TimelineRow"
import { useLive } from "./useLiveRun"
import "./TimelinePanel.css"

interface Props {
  graph: GraphDocument
  live: LiveRun
  selected: string | null
  onSelect: (node: string) => void
}

/** What each node did when: queue, tries, back-off, waiting. Grows while the run goes on. */
export function TimelinePanel({ graph, live, selected, onSelect }: Props) {
  const version = useLive(live, (state) => state.historyVersion)
  const active = useLive(live, (state) => !isTerminal(state.run.status))
  const now = useNow(250, active)
  const order = useMemo(() => flowOrder(graph).map((node) => node.id), [graph])
  const titles = useMemo(() => new Map(graph.nodes.map((node) => [node.id, titleOf(node)])), [graph])
  const timeline = useMemo(
    () => buildTimeline(live.history.events, now.getTime()),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `version` stands for the events, which grow in place
    [live, now, version],
  )
  const axis = axisFor(timeline.span)
  const critical = useMemo(() => criticalPath(timeline, graph.connections), [timeline, graph])
  return (
    <section className="run-time" aria-label="Timeline">
      <div className="toolbar">
        <h2 className="h3">Timeline</h2>
        <Legend />
        <span className="end xs subtle">longest path underlined</span>
      </div>
      <ScrollArea label="Nodes in the order of the flow" className="gantt">
        <TimelineAxis axis={axis} />
        <div role="list">
          {order.map((node) => (
            <TimelineRow
              key={node}
              node={node}
              title={titles.get(node) ?? node}
              titleIn={(id) => titles.get(id) ?? id}
              row={timeline.rows.get(node)}
              axis={axis}
              live={live}
              critical={!active && critical.has(node)}
              selected={selected === node}
              onSelect={onSelect}
            />
          ))}
        </div>
      </ScrollArea>
    </section>
  )
}

const LEGEND = [
  ["queued", "queued"],
  ["ran", "ran"],
  ["failed", "failed try"],
  ["backoff", "back-off"],
  ["waited", "waited"],
  ["running", "running"],
] as const

function Legend() {
  return (
    <span className="legend" aria-hidden="true">
      {LEGEND.map(([kind, word]) => (
        <span key={kind}>
          <i className={`seg-bar is-${kind}`} />
          {word}
        </span>
      ))}
    </span>
  )
}
