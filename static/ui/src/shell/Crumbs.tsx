import { Fragment, useEffect } from "react"
import { Link } from "wouter"
import { Icon } from "../shared/icons/Icon"

export interface Crumb {
  readonly label: string
  readonly href?: string
}

/** The way to this page; the last crumb is its title, on the page and in the browser's tab. */
export function Crumbs({ items }: { items: readonly Crumb[] }) {
  const tabTitle = [...[...items].reverse().map((crumb) => crumb.label), "Lockgate"].join(" · ")
  useEffect(() => {
    document.title = tabTitle
  }, [tabTitle])
  return (
    <nav className="crumbs" aria-label="Breadcrumb">
      {items.slice(0, -1).map((crumb) => (
        <Fragment key={crumb.label}>
          {crumb.href ? (
            <Link className="cut" href={crumb.href}>
              {crumb.label}
            </Link>
          ) : (
            <span className="cut">{crumb.label}</span>
          )}
          <span className="i">
            <Icon name="right" size={12} />
          </span>
        </Fragment>
      ))}
      <h1 className="cut">{items.at(-1)?.label}</h1>
    </nav>
  )
}
