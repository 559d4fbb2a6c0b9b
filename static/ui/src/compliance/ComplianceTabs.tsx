import { Link, useLocation } from "wouter"
import "../people/PeopleTabs.css"

const PAGES = [
  { path: "/compliance", label: "Controls" },
  { path: "/compliance/alerts", label: "Unusual access" },
  { path: "/compliance/reports", label: "Reports" },
] as const

/** The pages of compliance. */
export function ComplianceTabs() {
  const [path] = useLocation()
  return (
    <nav className="people-tabs" aria-label="About compliance">
      {PAGES.map((page) => (
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
