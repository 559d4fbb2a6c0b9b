import { Crumbs } from "../shell/Crumbs"
import { Topbar } from "../shell/Topbar"

export default function WorkflowsPage() {
  return (
    <Topbar>
      <Crumbs items={[{ label: "Workflows" }]} />
    </Topbar>
  )
}
