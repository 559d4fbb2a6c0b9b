import { useEffect, useMemo, useRef, type RefObject } from "react"
import { flowOrder } from "../editor/flowOrder"
import { useNow } from "../shared/hooks/useNow"
import { useView } from "../shared/hooks/useView"
import { titleOf } from "../shared/mapping"
import { rowWindow, scrollToRow } from "../shared/rowWindow"
import { ScrollArea } from "../shared/ScrollArea"
import { isTerminal } from "../shared/status"
import type { LiveRun } from "./LiveRun"
import { framesAround, type NodesById } from "./paths"
import { axisFor, buildTimeline, criticalPath } from "./timeline"
import { TimelineAxis } from "./TimelineAxis"
import { TimelineRow } from "./TimelineRow"
import { useBatchedVersion } from "./useBatchedVersion"
import { useLive } from "./useLiveRun"
import type { RunView } from "./useRunView"
import "./TimelinePanel.css"

const ROW_HEIGHT = 26
const AXIS_HEIGHT = 24
const NOTHING: ReadonlySet<string> = new Set()

interface Props {
  view: RunView
  live: LiveRun
  selected: string | null
  onSelect: (node: string) => void
}

/** What each node did when: queue, tries, back-off, waiting. Grows while the run goes on. */
export function TimelinePanel({ view: shown, live, selected, onSelect }: Props) {
  const { graph, steps } = shown
  const version = useLive(live, (state) => state.historyVersion)
  const active = useLive(live, (state) => !isTerminal(state.run.status))
  const now = useNow(250, active)
  const states = useBatchedVersion(steps)
  const order = useMemo(() => flowOrder(graph).map((node) => node.id), [graph])
  const titles = useMemo(() => new Map(graph.nodes.map((node) => [node.id, titleOf(node)])), [graph])
  const timeline = useMemo(
    () => {
      const rows = new Map(order.map((id) => [steps.pathOf(id), id]))
      return buildTimeline(live.history.events, now.getTime(), (path) => rows.get(path))
    },
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `version` and `states` stand for what changes in place
    [live, now, version, order, steps, states],
  )
  const axis = axisFor(timeline.span)
  const critical = useMemo(
    () => (active ? NOTHING : criticalPath(timeline, graph)),
    [active, timeline, graph],
  )
  const area = useRef<HTMLDivElement>(null)
  const view = useView(area)
  const rows = rowWindow(view, ROW_HEIGHT, order.length)
  useShowRow(area, selected === null ? -1 : order.indexOf(selected))
  return (
    <section className="run-time" aria-label="Timeline">
      <div className="toolbar">
        <h2 className="h3">Timeline</h2>
        <Legend />
        <span className="end xs subtle">longest path underlined</span>
      </div>
      <ScrollArea label="Nodes in the order of the flow" className="gantt" ref={area}>
        <TimelineAxis axis={axis} />
        <div
          role="list"
          style={{ paddingTop: rows.from * ROW_HEIGHT, paddingBottom: (order.length - rows.to) * ROW_HEIGHT }}
        >
          {order.slice(rows.from, rows.to).map((node) => (
            <TimelineRow
              key={node}
              node={node}
              title={titles.get(node) ?? node}
              path={steps.pathOf(node)}
              depth={depthIn(shown.nodes, node)}
              titleIn={shown.titleIn}
              row={timeline.rows.get(node)}
              axis={axis}
              live={live}
              steps={steps}
              critical={critical.has(node)}
              selected={selected === node}
              onSelect={onSelect}
            />
          ))}
        </div>
      </ScrollArea>
    </section>
  )
}

const depthIn = (nodes: NodesById, id: string): number => framesAround(id, nodes).length

/** The chosen node's row comes into view, also when the run moves on to it. */
function useShowRow(area: RefObject<HTMLDivElement | null>, row: number) {
  useEffect(() => {
    const element = area.current
    if (!element || row < 0) return
    const seen = { top: element.scrollTop, height: element.clientHeight }
    const top = scrollToRow(seen, ROW_HEIGHT, row, AXIS_HEIGHT)
    if (top !== null) element.scrollTop = top
  }, [area, row])
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
