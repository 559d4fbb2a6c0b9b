import { useState } from "react"
import type { NodeDocument, NodeType, RunDetail } from "../api/types"
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
import type { LiveRun } from "./LiveRun"
import { LogPane } from "./LogPane"
import { NodeData } from "./NodeData"
import { NodeTrouble } from "./NodeTrouble"
import { useLive } from "./useLiveRun"
import "./NodePanel.css"

export type NodeTab = "output" | "input" | "logs" | "config"

interface Props {
  run: RunDetail
  live: LiveRun
  node: NodeDocument
  type: NodeType | undefined
  titleIn: (node: string) => string
  onTab: (tab: NodeTab) => void
}

const LOOKS = [
  { value: "table", label: "Table" },
  { value: "json", label: "JSON" },
  { value: "schema", label: "Schema" },
] as const

/** One node of the run: what it gave and took, what it wrote, how it is set up, and what went wrong. */
export function NodePanel({ run, live, node, type, titleIn, onTab }: Props) {
  const state = useNodeState(live.statuses, node.id)
  const [tab, setTab] = useState<NodeTab>("output")
  const [look, setLook] = useState<DataLook>("table")
  const lines = useLive(live, (now) => now.log.lines)
  const written = lines.reduce((sum, line) => sum + (line.node === node.id ? 1 : 0), 0)
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
          <span className="xs subtle cut">{[subtitleOf(node, type), ...startText(state)].join(" · ")}</span>
        </div>
        <StateMark status={state?.status ?? "pending"} pill label={progressText(state) ?? undefined} />
      </header>
      <Tabs
        label={`About ${titleOf(node)}`}
        panel="node"
        value={tab}
        onChange={choose}
        tabs={[
          { id: "output", label: "Output" },
          { id: "input", label: "Input" },
          { id: "logs", label: <>Logs {written > 0 && <Count>{count(written)}</Count>}</> },
          { id: "config", label: "Config" },
        ]}
        end={
          showsData && <Segmented label="Shown as" options={LOOKS} value={look} onChange={setLook} small />
        }
      />
      <div className="node-body" role="tabpanel" id={`node-${tab}`} aria-labelledby={`node-${tab}-tab`}>
        {showsData && <NodeTrouble run={run} live={live} node={node} state={state} titleIn={titleIn} />}
        {showsData && (
          <NodeData
            runId={run.id}
            node={node.id}
            state={state}
            side={tab}
            look={look}
            mayRead={live.mayReadData}
          />
        )}
        {tab === "logs" && <LogPane live={live} node={node.id} titleIn={titleIn} />}
        {tab === "config" && <ConfigView node={node} errorLine={state?.error?.line ?? null} />}
      </div>
    </>
  )
}

function startText(state: NodeState | undefined): string[] {
  if (!state?.started_at) return []
  return [
    ...(state.attempt > 1 ? [`attempt ${state.attempt}`] : []),
    `started ${clockExact(state.started_at)}`,
  ]
}

function progressText(state: NodeState | undefined): string | null {
  if (state?.status !== "running" || !state.progress) return null
  const { done, total } = state.progress
  return total === null ? count(done) : `${count(done)} of ${count(total)}`
}
