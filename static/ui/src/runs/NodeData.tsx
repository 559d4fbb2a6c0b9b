import { useQueryClient } from "@tanstack/react-query"
import { Denied } from "../access/DenialNote"
import { NoRunData } from "../access/NoRunData"
import { MaskedNote } from "../access/MaskedNote"
import type { RunDetail } from "../api/types"
import { LoadError } from "../shell/LoadError"
import { EmptyState } from "../shared/EmptyState"
import type { NodeState } from "../shared/live/statusStore"
import { SkeletonRows } from "../shared/Skeleton"
import { outputsUrl, useNodeRun } from "./api"
import { dataKey } from "./useAttempts"
import { DataView, type DataLook } from "../shared/data/DataView"
import type { Json } from "../shared/data/tableModel"

interface Props {
  run: Pick<RunDetail, "id" | "workflow">
  node: string
  state: NodeState | undefined
  side: "input" | "output"
  look: DataLook
  /** Whether this person may see inputs and outputs of the run. */
  mayRead: boolean
}

/** What a node took or gave, read when it is looked at and whenever its state has changed. */
export function NodeData(props: Props) {
  if (props.mayRead) return <Readable {...props} />
  return <NoRunData what={`this ${props.side}`} run={props.run.id} workflow={props.run.workflow.id} />
}

function Readable({ run: { id: runId }, node, state, side, look }: Props) {
  const client = useQueryClient()
  const data = useNodeRun(runId, node, dataKey(state))
  if (data.isPending) {
    return (
      <div className="side-note">
        <SkeletonRows rows={5} height={32} />
      </div>
    )
  }
  if (data.isError)
    return <LoadError what={`this ${side}`} error={data.error} onRetry={() => void data.refetch()} />
  const denial = data.data.denied[side === "output" ? "outputs" : "inputs"]
  if (denial) return <Denied what={`this ${side}`} denial={denial} />
  const value = side === "output" ? data.data.outputs : data.data.inputs
  const masked = side === "output" ? data.data.outputs_masked : data.data.inputs_masked
  const info = side === "output" ? data.data.outputs_info : data.data.inputs_info
  if (value === null || value === undefined || Object.keys(value).length === 0) {
    const [title, text] = nothing(side, state)
    return (
      <EmptyState icon={side === "output" ? "table" : "arrow"} title={title}>
        {text}
      </EmptyState>
    )
  }
  return (
    <>
      <MaskedNote
        masked={masked}
        of={{
          run: runId,
          node,
          reveal: data.data.reveal,
          canReveal: data.data.can_reveal,
          onChanged: () => client.invalidateQueries({ queryKey: ["run", runId] }),
        }}
      />
      <DataView
        key={`${node}/${side}`}
        value={value as Json}
        look={look}
        info={info}
        masked={masked}
        fileName={`${node.replaceAll("/", "-")}-${side}`}
        downloadUrl={outputsUrl(runId, node, side)}
        stale={data.isPlaceholderData}
      />
    </>
  )
}

function nothing(side: "input" | "output", state: NodeState | undefined): [string, string] {
  if (side === "input") return ["No input", "Nothing is wired to this node, or it has not started."]
  switch (state?.status) {
    case "succeeded":
      return ["No output", "The node ended well and gave nothing."]
    case "failed":
      return ["No output", "The node failed before it gave anything."]
    case "skipped":
      return ["No output", "The node did not run."]
    case "running":
    case "retrying":
    case "waiting":
      return ["No output yet", "It appears here as soon as the node ends."]
    default:
      return ["No output yet", "The node waits for its turn."]
  }
}
