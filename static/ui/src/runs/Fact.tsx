import type { ReactNode } from "react"

interface Props {
  label: string
  className?: string
  children: ReactNode
}

/** One of the facts of the strip under a run's title. */
export function Fact({ label, className = "", children }: Props) {
  return (
    <div className={`fact ${className}`}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
