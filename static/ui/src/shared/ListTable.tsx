import type { ReactNode } from "react"
import { Link } from "wouter"
import type { GlyphName } from "./icons/glyphs"
import { Icon } from "./icons/Icon"
import { moveAmongRows } from "./rowKeys"

interface Column {
  label: ReactNode
  /** Classes of its head: `num`, `wide-only`. */
  look?: string
}

interface TableProps {
  label: string
  columns: readonly (string | Column)[]
  /** Its rows. */
  children: ReactNode
}

/** A list of things, one a row. */
export function ListTable({ label, columns, children }: TableProps) {
  return (
    <table className="list" aria-label={label}>
      <thead>
        <tr>
          {columns.map((column, at) => (
            <th key={at} scope="col" className={typeof column === "string" ? undefined : column.look}>
              {typeof column === "string" ? column : column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  )
}

interface NameProps {
  name: ReactNode
  /** A few words below. */
  about: ReactNode
  /** Where the thing opens. */
  href: string
  /** It is open. */
  isOn: boolean
  tile?: { icon: GlyphName; look: string }
}

/** The first cell of a row: what it is, and the way to it. Arrow keys move among the rows. */
export function NameCell({ name, about, href, isOn, tile }: NameProps) {
  const words = (
    <span className="name-cell">
      <Link
        className="title cut row-link"
        href={href}
        aria-current={isOn || undefined}
        onKeyDown={moveAmongRows}
      >
        {name}
      </Link>
      <span className="xs subtle cut">{about}</span>
    </span>
  )
  if (!tile) return <td>{words}</td>
  return (
    <td>
      <span className="row g3">
        <span className={`tile lg ${tile.look}`}>
          <Icon name={tile.icon} />
        </span>
        {words}
      </span>
    </td>
  )
}
