import { useId } from "react"
import "./ToggleGroup.css"

interface Props<T extends string | number> {
  label: string
  options: readonly { value: T; label: string; name?: string }[]
  chosen: readonly T[]
  error?: string
  readOnly?: boolean
  /** In the order of the options. The last one that is chosen can't be taken away. */
  onChange: (chosen: T[]) => void
}

/** Some of a few, at least one. */
export function ToggleGroup<T extends string | number>(props: Props<T>) {
  const { label, options, chosen, error, readOnly = false, onChange } = props
  const id = useId()
  const toggle = (value: T) => {
    const next = options.map((one) => one.value).filter((one) => (one === value) !== chosen.includes(one))
    if (!readOnly && next.length) onChange(next)
  }
  return (
    <div className="field">
      <span className="lab" id={id}>
        {label}
      </span>
      <div className="toggle-group" role="group" aria-labelledby={id}>
        {options.map(({ value, label: text, name }) => (
          <button
            key={value}
            type="button"
            className={chosen.includes(value) ? "btn sm is-on" : "btn sm"}
            aria-pressed={chosen.includes(value)}
            aria-label={name}
            aria-disabled={readOnly || undefined}
            onClick={() => toggle(value)}
          >
            {text}
          </button>
        ))}
      </div>
      {error && <span className="err">{error}</span>}
    </div>
  )
}
