import type { KeyboardEvent, ReactNode } from "react"

export interface TabItem<T extends string> {
  id: T
  label: ReactNode
}

interface Props<T extends string> {
  label: string
  tabs: readonly TabItem<T>[]
  value: T
  onChange: (tab: T) => void
  /** Panels carry `id={`${panel}-${tab}`}` and `role="tabpanel"`. */
  panel: string
  end?: ReactNode
}

/** A row of tabs moved by arrows, as ARIA describes them. */
export function Tabs<T extends string>({ label, tabs, value, onChange, panel, end }: Props<T>) {
  return (
    <div className="tabs-bar">
      <div
        className="tabs"
        role="tablist"
        aria-label={label}
        tabIndex={-1}
        onKeyDown={(event) => moveByArrows(event)}
      >
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${panel}-${tab.id}-tab`}
            aria-selected={tab.id === value}
            aria-controls={tab.id === value ? `${panel}-${tab.id}` : undefined}
            tabIndex={tab.id === value ? 0 : -1}
            className={tab.id === value ? "is-on" : ""}
            onClick={() => onChange(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      {end && <span className="tabs-end">{end}</span>}
    </div>
  )
}

/** Arrow keys go to the neighbour and press it; Home and End to the ends. */
export function moveByArrows(event: KeyboardEvent<HTMLElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=tab], [role=radio]")]
  const at = items.indexOf(document.activeElement as HTMLElement)
  const last = items.length - 1
  const target = {
    ArrowRight: at === last ? 0 : at + 1,
    ArrowLeft: at <= 0 ? last : at - 1,
    Home: 0,
    End: last,
  }[event.key]
  if (target === undefined || at < 0) return
  event.preventDefault()
  items[target]?.focus()
  items[target]?.click()
}
