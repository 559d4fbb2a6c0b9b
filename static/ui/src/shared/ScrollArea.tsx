import type { ReactNode, Ref, UIEventHandler } from "react"

interface Props {
  /** What is in it, for screen readers. */
  label: string
  className?: string
  children: ReactNode
  onScroll?: UIEventHandler<HTMLDivElement>
  ref?: Ref<HTMLDivElement>
}

/** A part that scrolls by itself, and therefore can be reached and scrolled by keys. */
export function ScrollArea({ label, className = "", children, onScroll, ref }: Props) {
  return (
    <div
      ref={ref}
      className={`scroll ${className}`}
      role="region"
      aria-label={label}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- else keys could not scroll it
      tabIndex={0}
      onScroll={onScroll}
    >
      {children}
    </div>
  )
}
