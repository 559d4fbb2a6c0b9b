import { useQuery } from "@tanstack/react-query"
import { useViewer } from "../api/viewing"
import { SkeletonRows } from "../shared/Skeleton"
import { checkAccess } from "./api"
import { Denied, DenialNote } from "./DenialNote"

interface Props {
  /** What is not shown: “this output”. */
  what: string
  run: string
  workflow: string
  /** Where little room is: a remark. */
  small?: boolean
}

/** Nothing allows it, which sharing can change; what forbids it stands against sharing too. */
const LACKING: ReadonlySet<string> = new Set(["no_role", "no_policy"])

/** For who may not see the data of a run: why, as the server decided it. */
export function NoRunData({ what, run, workflow, small = false }: Props) {
  const viewer = useViewer()
  const { data, isPending } = useQuery({
    queryKey: ["access-check", "run.data", run],
    queryFn: () => checkAccess("run.data", "run", run),
    enabled: viewer === null,
  })
  const verdict = viewer ? viewer.actions["run.data"] : data
  if (isPending && !viewer) {
    return (
      <div className="side-note">
        <SkeletonRows rows={3} height={32} />
      </div>
    )
  }
  const denial = {
    action: "run.data",
    resource_type: "workflow", // runs are shared with their workflow
    resource_id: workflow,
    reason: verdict?.reason ?? "What nodes took and gave is not open to you.",
    rule: verdict?.rule ?? "",
    can_request: LACKING.has(verdict?.rule ?? ""),
  }
  return small ? <DenialNote denial={denial} /> : <Denied what={what} denial={denial} />
}
