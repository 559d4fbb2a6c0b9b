import { useEffect, useMemo, useRef, useState, type RefObject } from "react"
import type { RunDetail } from "../api/types"
import { useNodeTypes } from "../api/nodeTypes"
import type { CanvasHandle } from "../canvas/LodFlow"
import { RunCanvas } from "../canvas/RunCanvas"
import { isTerminal } from "../shared/status"
import { LoadError } from "../shell/LoadError"
import { LogPane } from "./LogPane"
import { NodePanel } from "./NodePanel"
import { nodesOf, pathTitle } from "./paths"
import { RunFacts } from "./RunFacts"
import { RunPanel } from "./RunPanel"
import { RunToolbar } from "./RunToolbar"
import { RunTopbar } from "./RunTopbar"
import { TimelinePanel } from "./TimelinePanel"
import { useFollowedNode } from "./useFollowedNode"
import { useLive, useLiveRun } from "./useLiveRun"
import { useRunView, useSeeking } from "./useRunView"
import "./RunScreen.css"

/** A run: its graph in the colours of its states, its timeline, and the node one looks at. */
export function RunScreen({ run }: { run: RunDetail }) {
  const nodeTypes = useNodeTypes()
  const canvas = useRef<CanvasHandle>(null)
  const names = useMemo(() => nodesOf(run.graph), [run.graph])
  const live = useLiveRun(run, (path) => pathTitle(path, names))
  const status = useLive(live, (state) => state.run.status)
  const shown = useRunView(run, live)
  const { view, seek } = shown
  const { selected, select, following, setFollowing } = useFollowedNode(live, view.graph, view.steps)
  useSeeking(shown, select)
  const takesPart = useMemo(
    () => (run.selected && view.base === "" ? new Set(run.selected) : null),
    [run.selected, view.base],
  )
  const [tabIsLogs, setTabIsLogs] = useState(false)
  const node = selected === null ? undefined : view.nodes.get(selected)
  const active = !isTerminal(status)
  const open = (path: string) => {
    select(null)
    shown.open(path)
  }
  useFitAtEnd(active, following, canvas)
  useFitOnOpening(view.base, canvas)
  useEffect(() => {
    if (following && selected !== null) canvas.current?.revealIfHidden(selected)
  }, [following, selected])
  return (
    <>
      <RunTopbar run={run} live={live} />
      <RunFacts run={run} live={live} onShowRun={() => select(null)} />
      <div className="run-work">
        <section className="run-stage" aria-label="Graph">
          <RunToolbar
            view={view}
            onBack={() => open("")}
            canvas={canvas}
            following={active ? following : null}
            onFollow={setFollowing}
          />
          {view.error && <LoadError what="the steps inside" error={view.error} onRetry={() => open("")} />}
          <RunCanvas
            graph={view.graph}
            nodeTypes={nodeTypes}
            statuses={view.steps}
            takesPart={takesPart}
            selected={selected}
            onSelect={select}
            ref={canvas}
          />
        </section>
        <TimelinePanel
          view={view}
          live={live}
          selected={selected}
          onSelect={(id) => {
            select(id)
            canvas.current?.revealIfHidden(id)
          }}
        />
        <aside className="run-side" aria-label={node ? "Node" : "Run"}>
          {node ? (
            <NodePanel
              key={`${view.base}/${node.id}`}
              run={run}
              live={live}
              node={node}
              type={nodeTypes.get(node.type)}
              view={view}
              onTab={(tab) => setTabIsLogs(tab === "logs")}
              onOpen={open}
            />
          ) : (
            <RunPanel run={run} live={live} titleIn={view.titleIn} onSelect={seek} />
          )}
          {(!node || !tabIsLogs) && <LogPane live={live} titleIn={view.titleIn} docked />}
        </aside>
      </div>
    </>
  )
}

/** Another graph is shown whole first. */
function useFitOnOpening(base: string, canvas: RefObject<CanvasHandle | null>) {
  const before = useRef(base)
  useEffect(() => {
    if (before.current === base) return
    before.current = base
    const frame = requestAnimationFrame(() => canvas.current?.fit())
    return () => cancelAnimationFrame(frame)
  }, [base, canvas])
}

/** The camera went along with the running nodes: at the end it shows the whole graph again. */
function useFitAtEnd(active: boolean, following: boolean, canvas: RefObject<CanvasHandle | null>) {
  const went = useRef(false)
  useEffect(() => {
    if (active && following) went.current = true
    if (active || !went.current) return
    went.current = false
    canvas.current?.fit()
  }, [active, following, canvas])
}
