import { useMe } from "../api/me"
import { Crumbs } from "../shell/Crumbs"
import { Topbar } from "../shell/Topbar"
import { SkeletonRows } from "../shared/Skeleton"
import { PasswordCard } from "./PasswordCard"
import { ProfileCard } from "./ProfileCard"
import { SecurityCard } from "./SecurityCard"
import { SessionsCard } from "./SessionsCard"
import { ThemeCard } from "./ThemeCard"
import { TokensCard } from "./TokensCard"
import "./AccountPage.css"

export default function AccountPage() {
  const me = useMe()
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Account" }]} />
      </Topbar>
      <div className="page">
        <div className="pad account">
          {me ? (
            <>
              <div className="account-side">
                <ProfileCard me={me} />
                <ThemeCard />
                {me.permissions.includes("account.manage") && <PasswordCard email={me.email} />}
              </div>
              <div className="account-main">
                {me.permissions.includes("account.manage") && (
                  <>
                    <SecurityCard />
                    <SessionsCard />
                  </>
                )}
                {me.permissions.includes("token.manage") && <TokensCard permissions={me.permissions} />}
              </div>
            </>
          ) : (
            <SkeletonRows />
          )}
        </div>
      </div>
    </>
  )
}
