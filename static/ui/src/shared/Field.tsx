import {
  useId,
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from "react"
import { Icon } from "./icons/Icon"
import { Prose } from "./Prose"
import "./Field.css"

interface FieldProps {
  label: ReactNode
  hint?: ReactNode
  error?: ReactNode
  required?: boolean
  /** Stands at the right end of the label's line. */
  aside?: ReactNode
  /** Draws the control. Spread `control` on it: it ties label, hint and error together. */
  children: (control: ControlProps) => ReactNode
}

export interface ControlProps {
  id: string
  "aria-describedby"?: string
  "aria-invalid"?: true
  "aria-required"?: true
}

/** A labelled control with its hint and its error below. */
export function Field({ label, hint, error, required, aside, children }: FieldProps) {
  const id = useId()
  const notes = [error ? `${id}-error` : "", hint ? `${id}-hint` : ""].filter(Boolean).join(" ")
  const control: ControlProps = { id }
  if (notes) control["aria-describedby"] = notes
  if (error) control["aria-invalid"] = true
  if (required) control["aria-required"] = true
  return (
    <div className="field">
      <div className="lab">
        <label htmlFor={id}>
          {label}
          {required && (
            <span className="req" aria-hidden="true">
              {" "}
              *
            </span>
          )}
        </label>
        {aside && <span className="end row g1">{aside}</span>}
      </div>
      {children(control)}
      {error && (
        <span className="err" id={`${id}-error`}>
          <Icon name="warn" size={12} />
          <span>{typeof error === "string" ? <Prose text={error} /> : error}</span>
        </span>
      )}
      {hint && (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  )
}

type TextInputProps = Omit<InputHTMLAttributes<HTMLInputElement>, "size"> & {
  mono?: boolean
  large?: boolean
  ref?: Ref<HTMLInputElement>
}

export function TextInput({ mono, large, className = "", ...rest }: TextInputProps) {
  return (
    <input
      type="text"
      {...rest}
      className={`input${mono ? " mono" : ""}${large ? " lg" : ""} ${className}`}
    />
  )
}

type TextAreaProps = TextareaHTMLAttributes<HTMLTextAreaElement> & {
  mono?: boolean
  ref?: Ref<HTMLTextAreaElement>
}

export function TextArea({ mono, className = "", ...rest }: TextAreaProps) {
  return <textarea rows={3} {...rest} className={`input area${mono ? " mono" : ""} ${className}`} />
}

interface Choice {
  value: string
  label: string
}

type SelectInputProps = SelectHTMLAttributes<HTMLSelectElement> & { choices: readonly Choice[] }

/** The browser's own select, so that keys, touch and screen readers work as people know them. */
export function SelectInput({ choices, className = "", ...rest }: SelectInputProps) {
  return (
    <span className={`select ${className}`}>
      <select {...rest} className="input">
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <Icon name="down" size={14} />
    </span>
  )
}

interface ToggleProps {
  label: ReactNode
  checked: boolean
  onChange: (checked: boolean) => void
  hint?: ReactNode
  disabled?: boolean
}

/** On or off, at once. */
export function Toggle({ label, checked, onChange, hint, disabled }: ToggleProps) {
  const id = useId()
  return (
    <div className="field">
      <div className="row g2 sm">
        <button
          type="button"
          role="switch"
          id={id}
          aria-checked={checked}
          aria-disabled={disabled}
          aria-labelledby={`${id}-label`}
          aria-describedby={hint ? `${id}-hint` : undefined}
          className={`switch${checked ? " on" : ""}`}
          onClick={() => !disabled && onChange(!checked)}
        />
        <label id={`${id}-label`} htmlFor={id} className="med">
          {label}
        </label>
      </div>
      {hint && (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  )
}
