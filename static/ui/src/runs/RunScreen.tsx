import { lazy, Suspense, useEffect, useMemo, useRef, useState, type RefObject } from "react"
import type { NodeType, RunDetail } from "../api/types"
import { useNodeTypes } from "../api/nodeTypes"
import { useViewer } from "../api/viewing"
import type { CanvasHandle } from "../canvas/LodFlow"
import { RunCanvas } from "../canvas/RunCanvas"
import { isTerminal } from "../shared/status"
import { LoadError } from "../shell/LoadError"
import { LogPane } from "./LogPane"
import { NodePanel } from "./NodePanel"
import { nodesOf, pathTitle, type NodesById } from "./paths"
import { RunFacts } from "./RunFacts"
import { RunPanel } from "./RunPanel"
import { RunToolbar } from "./RunToolbar"
import { RunTopbar } from "./RunTopbar"
import type { WaitingStep } from "./standing"
import { StandingFact } from "./StandingFact"
import { useStanding } from "./useStanding"
import { TimelinePanel } from "./timeline/TimelinePanel"
import { useTellStep } from "../viewas/context"
import { useFollowedNode } from "./useFollowedNode"
import { useLive, useLiveRun } from "./useLiveRun"
import { useRunView, useSeeking } from "./useRunView"
import "./RunScreen.css"

const RerunDialog = lazy(() => import("./RerunDialog"))
const DecideDialog = lazy(() => import("./DecideDialog"))

/** One attempt of a node is looked at, and not the newest. */
interface Looked {
  node: string
  attempt: number
}

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
  const viewer = useViewer()
  useTellStep(view.base === "" ? selected : null)
  const takesPart = useMemo(
    () => (run.selected && view.base === "" ? new Set(run.selected) : null),
    [run.selected, view.base],
  )
  const [tabIsLogs, setTabIsLogs] = useState(false)
  const [attempt, setAttempt] = useState<Looked | null>(null)
  const looked = attempt?.node === selected ? attempt.attempt : null
  const standing = useStanding(run, live)
  const topSteps = useMemo(
    () => run.graph.nodes.filter((one) => !one.parent).map((one) => one.id),
    [run.graph],
  )
  const [rerunning, setRerunning] = useState(false)
  const [deciding, setDeciding] = useState<WaitingStep | null>(null)
  const mayDecide = run.can.includes("run.decide") && !viewer
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
      <RunTopbar run={run} live={live} standing={standing} onRerun={() => setRerunning(true)} />
      <RunFacts
        run={run}
        live={live}
        onShowRun={() => select(null)}
        standing={
          <StandingFact
            live={live}
            standing={standing}
            steps={topSteps}
            titleIn={view.titleIn}
            onDecide={mayDecide ? setDeciding : null}
            onShowAll={() => select(null)}
          />
        }
      />
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
            paused={status === "paused"}
            viewed={view.base === "" ? (viewer?.nodes ?? null) : null}
            selected={selected}
            onSelect={select}
            ref={canvas}
          />
        </section>
        <TimelinePanel
          view={view}
          live={live}
          selected={selected}
          attempt={looked}
          onSelect={(id, number) => {
            select(id)
            setAttempt(number === null ? null : { node: id, attempt: number })
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
              attempt={looked}
              onAttempt={(number) => setAttempt(number === null ? null : { node: node.id, attempt: number })}
              standing={standing}
              onDecide={setDeciding}
              onTab={(tab) => setTabIsLogs(tab === "logs")}
              onOpen={open}
            />
          ) : (
            <RunPanel run={run} live={live} titleIn={view.titleIn} standing={standing} onSelect={seek} />
          )}
          {(!node || !tabIsLogs) && <LogPane run={run} live={live} titleIn={view.titleIn} docked />}
        </aside>
      </div>
      <Suspense>
        {rerunning && (
          <RerunDialog
            run={run}
            live={live}
            node={view.base === "" ? selected : null}
            onClose={() => setRerunning(false)}
          />
        )}
        {deciding && (
          <DecideDialog
            runId={run.id}
            step={deciding}
            title={view.titleIn(deciding.node)}
            outputs={outputsOf(deciding.node, names, nodeTypes)}
            onClose={() => setDeciding(null)}
          />
        )}
      </Suspense>
    </>
  )
}

/** The outputs of the node at a path, as far as its type tells. */
function outputsOf(path: string, nodes: NodesById, types: ReadonlyMap<string, NodeType>): string[] {
  const node = nodes.get(path.slice(path.lastIndexOf("/") + 1))
  const ports = types.get(node?.type ?? "")?.outputs ?? []
  return ports.map((port) => port.name)
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
