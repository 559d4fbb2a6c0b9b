import { Link, useLocation } from "wouter"
import { useMe } from "../api/me"
import "./PeopleTabs.css"

const PAGES = [
  { path: "/people", label: "People", needs: "user.view" },
  { path: "/people/roles", label: "Roles", needs: "role.view" },
  { path: "/people/attributes", label: "Attributes and levels", needs: "policy.view" },
] as const

/** The pages about people, each for who may see it. */
export function PeopleTabs() {
  const [path] = useLocation()
  const permissions = useMe()?.permissions ?? []
  return (
    <nav className="people-tabs" aria-label="About people">
      {PAGES.filter(({ needs }) => permissions.includes(needs)).map((page) => (
        <Link
          key={page.path}
          href={page.path}
          className={path === page.path ? "is-on" : ""}
          aria-current={path === page.path ? "page" : undefined}
        >
          {page.label}
        </Link>
      ))}
    </nav>
  )
}
