import { Crumbs } from "../shell/Crumbs"
import { Topbar } from "../shell/Topbar"

export default function RunPage({ id }: { id: string }) {
  return (
    <Topbar>
      <Crumbs items={[{ label: "Runs", href: "/runs" }, { label: id }]} />
    </Topbar>
  )
}
