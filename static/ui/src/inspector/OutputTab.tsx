import { useQuery } from "@tanstack/react-query"
import { Link } from "wouter"
import { ApiProblem } from "../api/problem"
import { readRunNode } from "../editor/api"
import { useSession, useShownRun } from "../editor/SessionContext"
import { useNodeState } from "../shared/live/statusStore"
import { EmptyState } from "../shared/EmptyState"
import { Note } from "../shared/Note"
import { SkeletonRows } from "../shared/Skeleton"
import { StateMark } from "../shared/StateMark"
import { ValueView } from "./ValueView"

/** What this step gave in the run on the canvas. */
export function OutputTab({ node }: { node: string }) {
  const { live } = useSession()
  const shown = useShownRun()
  const state = useNodeState(live.statuses, node)
  const answer = useQuery({
    queryKey: ["run-node", shown?.id, node, shown?.ended[node] ?? 0],
    queryFn: () => readRunNode(shown?.id ?? "", node),
    enabled: shown !== null,
    staleTime: 60_000,
    retry: false,
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
        <Link className="linkish end" href={`/runs/${shown.id}`}>
          Open run {shown.number}
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
        <ValueView value={data.outputs} truncated={data.outputs_info?.truncated ?? false} />
      )}
    </div>
  )
}

function explain(error: Error): string {
  if (error instanceof ApiProblem && error.status === 404)
    return "This run has no such step: it was added later."
  return error.message
}
