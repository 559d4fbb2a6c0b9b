import { Crumbs } from "../shell/Crumbs"
import { Topbar } from "../shell/Topbar"

export default function DatasetsPage() {
  return (
    <Topbar>
      <Crumbs items={[{ label: "Datasets" }]} />
    </Topbar>
  )
}
