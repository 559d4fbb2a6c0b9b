import type { ReactNode } from "react"
import { Icon } from "./icons/Icon"
import type { GlyphName } from "./icons/glyphs"
import "./EmptyState.css"

interface Props {
  icon: GlyphName
  title: string
  children?: ReactNode
  action?: ReactNode
}

/** What would be here, in one sentence, and one way to get it. */
export function EmptyState({ icon, title, children, action }: Props) {
  return (
    <div className="empty">
      <span className="tile lg is-flow">
        <Icon name={icon} />
      </span>
      <b className="h2">{title}</b>
      {children && <p>{children}</p>}
      {action && <div className="row">{action}</div>}
    </div>
  )
}
