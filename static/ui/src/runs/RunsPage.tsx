import { Crumbs } from "../shell/Crumbs"
import { Topbar } from "../shell/Topbar"

export default function RunsPage() {
  return (
    <Topbar>
      <Crumbs items={[{ label: "Runs" }]} />
    </Topbar>
  )
}
