import { useEffect, useMemo, useRef, useState, type RefObject } from "react"
import type { RunDetail } from "../api/types"
import { useNodeTypes } from "../api/nodeTypes"
import type { CanvasHandle } from "../canvas/LodFlow"
import { RunCanvas } from "../canvas/RunCanvas"
import { titleOf } from "../shared/mapping"
import { isTerminal } from "../shared/status"
import { LogPane } from "./LogPane"
import { NodePanel } from "./NodePanel"
import { RunFacts } from "./RunFacts"
import { RunPanel } from "./RunPanel"
import { RunToolbar } from "./RunToolbar"
import { RunTopbar } from "./RunTopbar"
import { TimelinePanel } from "./TimelinePanel"
import { useFollowedNode } from "./useFollowedNode"
import { useLive, useLiveRun } from "./useLiveRun"
import "./RunScreen.css"

/** A run: its graph in the colours of its states, its timeline, and the node one looks at. */
export function RunScreen({ run }: { run: RunDetail }) {
  const nodeTypes = useNodeTypes()
  const canvas = useRef<CanvasHandle>(null)
  const nodes = useMemo(() => new Map(run.graph.nodes.map((node) => [node.id, node])), [run.graph])
  const live = useLiveRun(run, (id) => titleIn(nodes, id))
  const status = useLive(live, (state) => state.run.status)
  const { selected, select, following, setFollowing } = useFollowedNode(live, run.graph)
  const [tabIsLogs, setTabIsLogs] = useState(false)
  const node = selected === null ? undefined : nodes.get(selected)
  const active = !isTerminal(status)
  useFitAtEnd(active, following, canvas)
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
            graph={run.graph}
            live={live}
            canvas={canvas}
            following={active ? following : null}
            onFollow={setFollowing}
          />
          <RunCanvas
            graph={run.graph}
            nodeTypes={nodeTypes}
            statuses={live.statuses}
            selected={selected}
            onSelect={select}
            ref={canvas}
          />
        </section>
        <TimelinePanel
          graph={run.graph}
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
              key={node.id}
              run={run}
              live={live}
              node={node}
              type={nodeTypes.get(node.type)}
              titleIn={(id) => titleIn(nodes, id)}
              onTab={(tab) => setTabIsLogs(tab === "logs")}
            />
          ) : (
            <RunPanel run={run} live={live} titleIn={(id) => titleIn(nodes, id)} onSelect={select} />
          )}
          {(!node || !tabIsLogs) && <LogPane live={live} titleIn={(id) => titleIn(nodes, id)} docked />}
        </aside>
      </div>
    </>
  )
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

function titleIn(nodes: ReadonlyMap<string, Parameters<typeof titleOf>[0]>, id: string): string {
  const node = nodes.get(id)
  return node ? titleOf(node) : id
}
