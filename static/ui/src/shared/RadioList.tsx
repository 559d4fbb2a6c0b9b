import { useId, type ReactNode } from "react"
import "./RadioList.css"

interface Choice<T extends string> {
  value: T
  label: ReactNode
  hint?: ReactNode
  /** Why it can't be chosen. */
  disabledReason?: string | null | false
}

interface Props<T extends string> {
  label: string
  choices: readonly Choice<T>[]
  value: T
  onChange: (value: T) => void
}

/** One of a few, each with a line on what it means. The browser's own radios: arrows move, as people know. */
export function RadioList<T extends string>({ label, choices, value, onChange }: Props<T>) {
  const name = useId()
  return (
    <fieldset className="radios">
      <legend>{label}</legend>
      {choices.map((choice) => {
        const id = `${name}-${choice.value}`
        const hint = choice.disabledReason || choice.hint
        return (
          <div key={choice.value} className="radio">
            <input
              type="radio"
              id={id}
              name={name}
              checked={choice.value === value}
              disabled={Boolean(choice.disabledReason)}
              aria-describedby={hint ? `${id}-hint` : undefined}
              onChange={() => onChange(choice.value)}
            />
            <label htmlFor={id}>{choice.label}</label>
            {hint && (
              <span className="hint" id={`${id}-hint`}>
                {hint}
              </span>
            )}
          </div>
        )
      })}
    </fieldset>
  )
}
