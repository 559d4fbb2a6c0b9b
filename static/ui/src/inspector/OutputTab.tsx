import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { Link } from "wouter"
import { ApiProblem } from "../api/problem"
import { readRunNode } from "../editor/api"
import { useSession, useShownRun } from "../editor/SessionContext"
import { useNodeState } from "../shared/live/statusStore"
import { DataView, type DataLook } from "../shared/data/DataView"
import type { Json } from "../shared/data/tableModel"
import { EmptyState } from "../shared/EmptyState"
import { Note } from "../shared/Note"
import { Segmented } from "../shared/Segmented"
import { SkeletonRows } from "../shared/Skeleton"
import { StateMark } from "../shared/StateMark"

const LOOKS: { value: DataLook; label: string }[] = [
  { value: "table", label: "Table" },
  { value: "json", label: "JSON" },
  { value: "schema", label: "Schema" },
]

/** What this step gave in the run on the canvas. */
export function OutputTab({ node }: { node: string }) {
  const { live } = useSession()
  const [look, setLook] = useState<DataLook>("table")
  const shown = useShownRun()
  const state = useNodeState(live.statuses, node)
  const answer = useQuery({
    queryKey: ["run-node", shown?.id, node, shown?.ended[node] ?? 0],
    queryFn: () => readRunNode(shown?.id ?? "", node),
    enabled: shown !== null,
    staleTime: 60_000,
    retry: false,
    placeholderData: keepPreviousData,
  })
  if (!shown) {
    return (
      <EmptyState icon="play" title="No run on the canvas">
        Run the workflow to see here what this step gives.
      </EmptyState>
    )
  }
  const data = answer.data
  return (
    <div className="output-tab">
      <div className="row sm output-head">
        <StateMark status={state?.status ?? data?.status ?? "pending"} />
        <Segmented small label="Show as" value={look} onChange={setLook} options={LOOKS} />
        <Link className="linkish" href={`/runs/${shown.id}`} title="Open the run">
          Run {shown.number}
        </Link>
      </div>
      {answer.isPending && <SkeletonRows rows={4} height={24} />}
      {answer.error && <Note kind="bad">{explain(answer.error)}</Note>}
      {data?.error && (
        <Note kind="bad">
          {data.error.line ? `Line ${data.error.line}: ` : ""}
          {data.error.message}
        </Note>
      )}
      {data && data.outputs == null && !data.error && (
        <p className="xs subtle">
          {state?.status === "skipped" ? "Skipped: it gave nothing." : "Nothing yet."}
        </p>
      )}
      {data?.outputs != null && (
        <DataView
          value={data.outputs as Json}
          look={look}
          info={data.outputs_info}
          fileName={`run-${shown.number}-${node}`}
          downloadUrl={`/api/v1/runs/${shown.id}/nodes/${encodeURIComponent(node)}/?download=outputs`}
          stale={answer.isPlaceholderData}
        />
      )}
    </div>
  )
}

function explain(error: Error): string {
  if (error instanceof ApiProblem && error.status === 404)
    return "This run has no such step: it was added later."
  return error.message
}
