import { useState } from "react"
import { Link } from "wouter"
import { useQueryClient } from "@tanstack/react-query"
import { Denied, DenialNote } from "../access/DenialNote"
import { denialOf } from "../api/denial"
import { NoRunData } from "../access/NoRunData"
import { MaskedNote } from "../access/MaskedNote"
import { ApiProblem } from "../api/problem"
import { useSession } from "../editor/SessionContext"
import { useNodeState } from "../shared/live/statusStore"
import { DataView, type DataLook } from "../shared/data/DataView"
import type { Json } from "../shared/data/tableModel"
import { EmptyState } from "../shared/EmptyState"
import { Note } from "../shared/Note"
import { Segmented } from "../shared/Segmented"
import { SkeletonRows } from "../shared/Skeleton"
import { StateMark } from "../shared/StateMark"
import { useRunNode } from "./useRunNode"

const LOOKS: { value: DataLook; label: string }[] = [
  { value: "table", label: "Table" },
  { value: "json", label: "JSON" },
  { value: "schema", label: "Schema" },
]

/** What this step gave in the run on the canvas. */
export function OutputTab({ node }: { node: string }) {
  const { statuses, workflowId } = useSession()
  const client = useQueryClient()
  const [look, setLook] = useState<DataLook>("table")
  const { shown, mayRead, answer, path } = useRunNode(node)
  const state = useNodeState(statuses, node)
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
      {!mayRead && <NoRunData what="this output" run={shown.id} workflow={workflowId} />}
      {mayRead && answer.isPending && <SkeletonRows rows={4} height={24} />}
      {answer.error && <Failure error={answer.error} />}
      {data?.error && (
        <Note kind="bad">
          {data.error.line && !data.error.message.startsWith("Line ") ? `Line ${data.error.line}: ` : ""}
          {data.error.message}
        </Note>
      )}
      {data?.denied.outputs && <Denied what="this output" denial={data.denied.outputs} />}
      {data && data.outputs == null && !data.error && !data.denied.outputs && (
        <p className="xs subtle">
          {state?.status === "skipped" ? "Skipped: it gave nothing." : "Nothing yet."}
        </p>
      )}
      {data?.outputs != null && (
        <MaskedNote
          masked={data.outputs_masked}
          of={{
            run: shown.id,
            node: path,
            reveal: data.reveal,
            canReveal: data.can_reveal,
            onChanged: () => client.invalidateQueries({ queryKey: ["run-node", shown.id] }),
          }}
        />
      )}
      {data?.outputs != null && (
        <DataView
          value={data.outputs as Json}
          look={look}
          info={data.outputs_info}
          masked={data.outputs_masked}
          fileName={`run-${shown.number}-${node}`}
          downloadUrl={`/api/v1/runs/${shown.id}/nodes/${path.split("/").map(encodeURIComponent).join("/")}/?download=outputs`}
          stale={answer.isPlaceholderData}
        />
      )}
    </div>
  )
}

function Failure({ error }: { error: Error }) {
  const denial = denialOf(error)
  return denial ? <DenialNote denial={denial} /> : <Note kind="bad">{explain(error)}</Note>
}

function explain(error: Error): string {
  if (error instanceof ApiProblem && error.status === 404)
    return "This run has no such step: it was added later."
  return error.message
}
