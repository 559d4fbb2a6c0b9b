import { Link, useLocation } from "wouter"
import { useMe } from "../api/me"
import { Avatar } from "../shared/Avatar"
import { Icon } from "../shared/icons/Icon"
import { Logo } from "../shared/icons/Logo"
import { MeMenu } from "./MeMenu"
import { isUnder, navigationFor } from "./navigation"
import "./Rail.css"

/** Where a person is and what else there is. Narrow on work screens, with the labels under the icons. */
export function Rail({ slim }: { slim: boolean }) {
  const [path] = useLocation()
  const me = useMe()
  const waiting = { approvals: me?.pending_approvals ?? 0, requests: me?.pending_access_requests ?? 0 }
  return (
    <nav className={slim ? "rail slim" : "rail"} aria-label="Main">
      <Link className="brand" href="/workflows" aria-label="Lockgate, all workflows">
        <Logo />
        <span>Lockgate</span>
      </Link>
      {!slim && (
        <div className="tenant">
          <Avatar name={me?.tenant?.name ?? ""} square />
          <span>
            <b className="cut">{me?.tenant?.name ?? " "}</b>
            <small>Workspace</small>
          </span>
        </div>
      )}
      {navigationFor(me?.permissions ?? []).map((group) => (
        <div className="group" key={group.title ?? ""}>
          {group.title && !slim && <h2>{group.title}</h2>}
          {group.items.map((item) => (
            <Link
              key={item.path}
              href={item.path}
              className={isUnder(path, item) ? "nav is-here" : "nav"}
              aria-current={isUnder(path, item) ? "page" : undefined}
            >
              <Icon name={item.icon} size={slim ? 18 : 16} />
              <span>{item.label}</span>
              {item.counts && waiting[item.counts] > 0 && (
                <span className="nav-count">
                  {waiting[item.counts]}
                  <span className="sr"> waiting for you</span>
                </span>
              )}
            </Link>
          ))}
        </div>
      ))}
      <MeMenu slim={slim} />
    </nav>
  )
}
