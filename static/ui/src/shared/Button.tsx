import type { ButtonHTMLAttributes, ReactNode, Ref } from "react"
import { Icon } from "./icons/Icon"
import type { GlyphName } from "./icons/glyphs"
import { Tip } from "./Tip"

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "disabled" | "type">

interface Common extends Native {
  variant?: "default" | "primary" | "ghost" | "danger"
  size?: "sm" | "md" | "lg"
  /** Pressed: a toggle that is on. */
  on?: boolean
  /** Why it can't be used now. It stays focusable and says so. */
  disabledReason?: string | null | false
  busy?: boolean
  submit?: boolean
  ref?: Ref<HTMLButtonElement>
}

interface ButtonProps extends Common {
  icon?: GlyphName
  children: ReactNode
}

interface IconButtonProps extends Common {
  label: string
  icon: GlyphName
  iconSize?: number
  /** The key that does the same, shown with the label. */
  keys?: string
}

export function Button({ icon, children, ...rest }: ButtonProps) {
  return (
    <Tip label={rest.disabledReason || undefined}>
      <Bare {...rest}>
        {rest.busy ? (
          <span className="spinner" aria-hidden="true" />
        ) : (
          icon && <Icon name={icon} size={rest.size === "sm" ? 14 : 16} />
        )}
        {children}
      </Bare>
    </Tip>
  )
}

export function IconButton({ label, icon, iconSize, keys, className = "", ...rest }: IconButtonProps) {
  const name = keys ? `${label} (${keys})` : label
  return (
    <Tip label={rest.disabledReason ? `${label}: ${rest.disabledReason}` : name}>
      <Bare {...rest} aria-label={name} className={`icon ${className}`}>
        {rest.busy ? (
          <span className="spinner" aria-hidden="true" />
        ) : (
          <Icon name={icon} size={iconSize ?? 16} />
        )}
      </Bare>
    </Tip>
  )
}

function Bare({
  variant = "default",
  size = "md",
  on,
  disabledReason,
  busy,
  submit,
  className = "",
  onClick,
  ref,
  ...rest
}: Common) {
  const off = Boolean(disabledReason) || busy
  const names = [
    "btn",
    variant === "default" ? "" : variant,
    size === "md" ? "" : size,
    on ? "is-on" : "",
    className,
  ]
  return (
    <button
      {...rest}
      ref={ref}
      type={submit ? "submit" : "button"}
      className={names.filter(Boolean).join(" ")}
      aria-disabled={off || undefined}
      aria-pressed={on === undefined ? rest["aria-pressed"] : on}
      aria-busy={busy || undefined}
      onClick={(event) => {
        if (off) event.preventDefault()
        else onClick?.(event)
      }}
    />
  )
}
