import { useState } from "react"
import { Icon } from "../../shared/icons/Icon"
import type { ControlProps } from "../../shared/Field"
import { Combo, type ComboOption } from "./Combo"
import "./TokensInput.css"

interface Props extends Partial<ControlProps> {
  label: string
  values: readonly (string | number)[]
  options: readonly ComboOption[]
  /** How a value is shown. */
  wordsOf?: (value: string) => string
  /** Only what is offered can be taken. */
  isClosed?: boolean
  readOnly?: boolean
  placeholder?: string
  onChange: (values: string[]) => void
}

/** Several short values in one field. Enter or a comma takes what is typed; Backspace takes the last one away. */
export function TokensInput(props: Props) {
  const {
    label,
    values,
    options,
    wordsOf,
    isClosed,
    readOnly,
    placeholder = "add",
    onChange,
    ...control
  } = props
  const [text, setText] = useState("")
  const texts = values.map(String)
  const known = (typed: string) => options.find((one) => one.value === typed || one.label === typed)?.value
  const add = (typed: string) => {
    const value = known(typed.trim()) ?? (isClosed ? "" : typed.trim())
    if (value && !texts.includes(value)) onChange([...texts, value])
    if (value || !typed.trim()) setText("")
  }
  const type = (typed: string) => {
    if (!typed.includes(",")) return setText(typed)
    const parts = typed.split(",").map((part) => part.trim())
    const found = parts.map((part) => known(part) ?? (isClosed ? "" : part)).filter(Boolean)
    onChange([...new Set([...texts, ...found])])
    setText("")
  }
  return (
    <div className={`input tokens${readOnly ? " off" : ""}`} aria-invalid={control["aria-invalid"]}>
      {texts.map((value) => (
        <span key={value} className="token">
          <span className="cut">{wordsOf?.(value) ?? value}</span>
          {!readOnly && (
            <button
              type="button"
              aria-label={`Remove ${wordsOf?.(value) ?? value}`}
              onClick={() => onChange(texts.filter((one) => one !== value))}
            >
              <Icon name="x" size={12} />
            </button>
          )}
        </span>
      ))}
      {!readOnly && (
        <Combo
          {...control}
          label={control.id ? undefined : label}
          bare
          text={text}
          placeholder={placeholder}
          options={options.filter(({ value }) => !texts.includes(value))}
          onText={type}
          onPick={add}
          onEnter={() => add(text)}
          onBackspace={() => onChange(texts.slice(0, -1))}
          onBlur={() => add(text)}
        />
      )}
    </div>
  )
}
