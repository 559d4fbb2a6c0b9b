import type { ReactNode } from "react"
import "./ListDetail.css"

interface Props {
  /** The list with its filters. It stays visible beside what is open, where there is room. */
  children: ReactNode
  detail: ReactNode
  /** The detail is short: more room for the list. */
  narrow?: boolean
}

/** A list, and beside it what was opened of it. */
export function ListDetail({ children, detail, narrow = false }: Props) {
  return (
    <div className={`list-detail${detail ? " has-detail" : ""}${narrow ? " is-narrow" : ""}`}>
      <div className="page">
        <div className="pad">{children}</div>
      </div>
      {detail}
    </div>
  )
}

/** The pane of `ListDetail` that shows one thing. */
export function DetailPane({ label, children }: { label: string; children: ReactNode }) {
  return (
    <aside className="detail-pane scroll" aria-label={label}>
      {children}
    </aside>
  )
}
