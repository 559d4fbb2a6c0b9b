import type { Workflow } from "../api/types"
import { useNow } from "../shared/hooks/useNow"
import type { WorkflowIntent } from "./rowActions"
import { WorkflowRow } from "./WorkflowRow"

interface Props {
  workflows: readonly Workflow[]
  mayCreate: boolean
  /** The workflow whose run is just being asked for. */
  busyId: string | null
  onIntent: (intent: WorkflowIntent, workflow: Workflow) => void
}

export function WorkflowTable({ workflows, mayCreate, busyId, onIntent }: Props) {
  const now = useNow(30_000)
  return (
    <table className="list" aria-label="Workflows">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Published</th>
          <th scope="col">Last runs</th>
          <th scope="col" className="num" title="The middle one of the last runs that ended well">
            Usual time
          </th>
          <th scope="col">Last run</th>
          <th scope="col">Changed</th>
          <th scope="col">
            <span className="sr">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {workflows.map((workflow) => (
          <WorkflowRow
            key={workflow.id}
            workflow={workflow}
            now={now}
            mayCreate={mayCreate}
            busy={busyId === workflow.id}
            onIntent={onIntent}
          />
        ))}
      </tbody>
    </table>
  )
}
