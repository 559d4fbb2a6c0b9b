import { Crumbs } from "../shell/Crumbs"
import { Topbar } from "../shell/Topbar"

export default function AccountPage() {
  return (
    <Topbar>
      <Crumbs items={[{ label: "Account" }]} />
    </Topbar>
  )
}
