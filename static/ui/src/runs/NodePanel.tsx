import { lazy, Suspense, useState } from "react"
import type { NodeDocument, NodeType, RunDetail } from "../api/types"
import { useViewer } from "../api/viewing"
import { Button } from "../shared/Button"
import { Count } from "../shared/Badge"
import { clockExact, count } from "../shared/format"
import { NodeTile } from "../shared/icons/nodeIcon"
import { useNodeState, type NodeState } from "../shared/live/statusStore"
import { subtitleOf, titleOf } from "../shared/mapping"
import { Segmented } from "../shared/Segmented"
import { StateMark } from "../shared/StateMark"
import { Tabs } from "../shared/Tabs"
import { ConfigView } from "./ConfigView"
import type { DataLook } from "../shared/data/DataView"
import { IterationsTab } from "./IterationsTab"
import type { LiveRun } from "./LiveRun"
import { isOf, joinStreams } from "./logStore"
import { LogPane } from "./LogPane"
import { NodeFrames, useShownIteration, useShownPath } from "./NodeFrames"
import { NodeData } from "./NodeData"
import { NodeTrouble } from "./NodeTrouble"
import { framesAround } from "./paths"
import { isTerminal } from "../shared/status"
import { RerunMenu } from "./RerunMenu"
import { usageText } from "./AttemptPicker"
import type { Standing, WaitingStep } from "./standing"
import type { Attempt } from "./timeline/rows"
import { useTimeline } from "./timeline/useTimeline"
import { useNodeRun } from "./api"
import { dataKey, useAttempts } from "./useAttempts"
import { Denied } from "../access/DenialNote"
import { EmptyState } from "../shared/EmptyState"
import { useLive } from "./useLiveRun"
import type { RunView } from "./useRunView"
import "./NodePanel.css"

const BatchesTab = lazy(() => import("./batch/BatchesTab"))

export type NodeTab = "output" | "input" | "iterations" | "batches" | "logs" | "config"

interface Props {
  run: RunDetail
  live: LiveRun
  node: NodeDocument
  type: NodeType | undefined
  view: RunView
  /** The attempt that is looked at; null for the newest. */
  attempt: number | null
  onAttempt: (attempt: number | null) => void
  standing: Standing
  onDecide: (step: WaitingStep) => void
  onTab: (tab: NodeTab) => void
  /** Shows the steps of a sub-workflow, by its path. */
  onOpen: (path: string) => void
}

const LOOKS = [
  { value: "table", label: "Table" },
  { value: "json", label: "JSON" },
  { value: "schema", label: "Schema" },
] as const

/** One node of the run: what it gave and took, what it wrote, how it is set up, and what went wrong. */
export function NodePanel(props: Props) {
  const { run, live, node, type, view, attempt, onAttempt, onTab, onOpen } = props
  const { steps, titleIn } = view
  const state = useNodeState(steps, node.id)
  const path = useShownPath(steps, node.id)
  const shown = useShownIteration(steps, node.id)
  const [tab, setTab] = useState<NodeTab>("output")
  const [look, setLook] = useState<DataLook>("table")
  const mayRead = useLive(live, (now) => now.mayReadData)
  const nodeRun = useNodeRun(run.id, path, dataKey(state), mayRead)
  const configDenial = nodeRun.data?.denied.config ?? run.denied[node.id]
  const lines = useLive(live, (now) => now.log.lines)
  const active = useLive(live, (now) => !isTerminal(now.run.status))
  const paused = useLive(live, (now) => now.run.status === "paused")
  useTimeline(live.timeline)
  const attempts = live.timeline.get(path)?.attempts ?? []
  const details = useAttempts(run.id, path, state, mayRead)
  const isEarlier = attempt !== null && attempt !== attempts.at(-1)?.attempt
  const looked = isEarlier ? attempt : null
  const written = joinStreams(lines).reduce((sum, line) => sum + (isOf(line, path, looked) ? 1 : 0), 0)
  const waiting = props.standing.waiting.find((step) => step.node === path)
  const undecided = state?.status === "waiting" && state.reason === "outcome_unknown"
  const usage = usageText(details.get(looked ?? state?.attempt ?? 0))
  const iterates = type?.container === "loop" || type?.container === "map"
  const batches = node.type === "BatchProcessorNode"
  const viewer = useViewer()
  const choose = (next: NodeTab) => {
    setTab(next)
    onTab(next)
  }
  const showsData = tab === "output" || tab === "input"
  return (
    <>
      <header className="node-head">
        <NodeTile icon={type?.icon ?? "workflow"} category={type?.category ?? "flow"} size="lg" />
        <div className="col grow">
          <h2 className="cut">{titleOf(node)}</h2>
          <span className="xs subtle cut">
            {[subtitleOf(node, type), ...startText(state, looked, attempts), ...(usage ? [usage] : [])].join(
              " · ",
            )}
          </span>
        </div>
        {type?.container === "sub" && state?.started_at && (
          <Button size="sm" icon="workflow" onClick={() => onOpen(path)}>
            Open
          </Button>
        )}
        <RerunMenu run={run} live={live} node={node} view={view} />
        <StateMark status={state?.status ?? "pending"} pill label={progressText(state) ?? undefined} />
      </header>
      <NodeFrames frames={framesAround(node.id, view.nodes)} steps={steps} />
      <Tabs
        label={`About ${titleOf(node)}`}
        panel="node"
        value={tab}
        onChange={choose}
        tabs={[
          { id: "output", label: "Output" },
          { id: "input", label: "Input" },
          ...(iterates ? [{ id: "iterations" as const, label: "Iterations" }] : []),
          ...(batches ? [{ id: "batches" as const, label: "Batches" }] : []),
          { id: "logs", label: <>Logs {written > 0 && <Count>{count(written)}</Count>}</> },
          { id: "config", label: "Config" },
        ]}
        end={
          showsData && <Segmented label="Shown as" options={LOOKS} value={look} onChange={setLook} small />
        }
      />
      <div className="node-body" role="tabpanel" id={`node-${tab}`} aria-labelledby={`node-${tab}-tab`}>
        {showsData && (
          <NodeTrouble
            run={run}
            node={node}
            path={path}
            state={state}
            view={view}
            attempts={attempts}
            details={details}
            attempt={looked}
            onAttempt={onAttempt}
            waiting={waiting}
            paused={paused}
            onDecide={
              undecided && run.can.includes("run.decide") && !viewer
                ? () => props.onDecide(waiting ?? unknownStep(path, state.attempt))
                : undefined
            }
          />
        )}
        {showsData && looked !== null && tab === "output" ? (
          <EmptyState icon="table" title="No output">
            Attempt {looked} gave nothing. What the node gave in the end stands under its last attempt.
          </EmptyState>
        ) : (
          showsData && (
            <NodeData run={run} node={path} state={state} side={tab} look={look} mayRead={mayRead} />
          )
        )}
        {tab === "iterations" && (
          <IterationsTab
            runId={run.id}
            container={path}
            iterations={state?.iterations ?? null}
            active={active}
            shown={shown}
            onShow={(number) => steps.choose(node.id, number)}
          />
        )}
        {tab === "batches" && (
          <Suspense>
            <BatchesTab runId={run.id} node={path} active={active && !(state && isTerminal(state.status))} />
          </Suspense>
        )}
        {tab === "logs" && <LogPane run={run} live={live} node={path} attempt={looked} titleIn={titleIn} />}
        {tab === "config" &&
          (configDenial ? (
            <Denied what="these settings" denial={configDenial} />
          ) : (
            <ConfigView node={node} errorLine={state?.error?.line ?? null} />
          ))}
      </div>
    </>
  )
}

const unknownStep = (node: string, attempt: number): WaitingStep => ({
  node,
  attempt,
  reason: "outcome_unknown",
  until: null,
  approval: null,
  child_run: null,
})

function startText(
  state: NodeState | undefined,
  looked: number | null,
  attempts: readonly Attempt[],
): string[] {
  if (looked !== null) {
    const from = attempts
      .find((one) => one.attempt === looked)
      ?.segments.find(({ kind }) => kind === "run")?.from
    return [
      `attempt ${looked}`,
      ...(from === undefined ? [] : [`started ${clockExact(new Date(from).toISOString())}`]),
    ]
  }
  if (!state?.started_at) return []
  return [
    ...(state.attempt > 1 ? [`attempt ${state.attempt}`] : []),
    `started ${clockExact(state.started_at)}`,
  ]
}

function progressText(state: NodeState | undefined): string | null {
  if (state?.status !== "running") return null
  const { iterations } = state
  const progress = iterations
    ? { done: iterations.done + iterations.failed, total: iterations.total }
    : state.progress
  if (!progress) return null
  const { done, total } = progress
  return total === null ? count(done) : `${count(done)} of ${count(total)}`
}
