import { useState, type ReactNode } from "react"
import { Icon } from "../shared/icons/Icon"

interface Props {
  title: string
  /** A few words behind the title. */
  aside?: ReactNode
  end?: ReactNode
  closed?: boolean
  children: ReactNode
}

/** A part of the inspector that folds. */
export function Section({ title, aside, end, closed = false, children }: Props) {
  const [open, setOpen] = useState(!closed)
  return (
    <section className="sec">
      <header>
        <button type="button" className="sec-fold" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name={open ? "down" : "right"} size={14} />
          {title}
          {aside && <span className="xs subtle sec-aside">{aside}</span>}
        </button>
        {end && <span className="end row g1">{end}</span>}
      </header>
      {open && <div className="sec-in">{children}</div>}
    </section>
  )
}
