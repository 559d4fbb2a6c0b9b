import type { ReactNode } from "react"
import { moveByArrows } from "./Tabs"

interface Props<T extends string> {
  label: string
  options: readonly { value: T; label: ReactNode }[]
  value: T
  onChange: (value: T) => void
  small?: boolean
}

/** One of a few, all in view. */
export function Segmented<T extends string>({ label, options, value, onChange, small }: Props<T>) {
  return (
    <div
      className={`seg${small ? " sm" : ""}`}
      role="radiogroup"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={moveByArrows}
    >
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          tabIndex={option.value === value ? 0 : -1}
          className={option.value === value ? "is-on" : ""}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  )
}
