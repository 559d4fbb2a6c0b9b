import { useMe } from "../api/me"
import { SkeletonRows } from "../shared/Skeleton"
import { Crumbs } from "../shell/Crumbs"
import { Topbar } from "../shell/Topbar"
import { ProvidersCard } from "./ProvidersCard"
import { StepUpCard } from "./StepUpCard"
import "./IdentityPage.css"

/** How the workspace's people sign in, and when they have to prove it anew. */
export default function IdentityPage() {
  const me = useMe()
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Sign-in" }]} />
      </Topbar>
      <div className="page">
        <div className="pad identity">
          {!me && <SkeletonRows />}
          {me?.permissions.includes("policy.view") && <StepUpCard />}
          {me?.permissions.includes("user.manage") && <ProvidersCard />}
        </div>
      </div>
    </>
  )
}
