import { IconButton } from "./Button"
import { Icon } from "./icons/Icon"
import type { GlyphName } from "./icons/glyphs"
import { Menu } from "./Menu"
import "./FilterChip.css"

interface Option<T extends string> {
  value: T
  label: string
  /** How the closed filter says it, where that differs: “Started last hour”. */
  short?: string
}

interface Props<T extends string> {
  label: string
  icon?: GlyphName
  options: readonly Option<T>[]
  value: T | null
  onChange: (value: T | null) => void
}

/** A filter of a list: closed it says what it keeps, open it offers the choices, its cross takes it away. */
export function FilterChip<T extends string>({ label, icon, options, value, onChange }: Props<T>) {
  const chosen = options.find((option) => option.value === value)
  return (
    <span className={value === null ? "chip" : "chip is-set"}>
      <Menu
        align="start"
        items={options.map((option) => ({
          label: option.label,
          icon: option.value === value ? "check" : undefined,
          onSelect: () => onChange(option.value),
        }))}
      >
        <button type="button" className={value === null ? "chipf" : "chipf set"}>
          {icon && <Icon name={icon} size={14} />}
          {label}
          {value !== null && <b className="cut">{chosen?.short ?? chosen?.label ?? value}</b>}
          {value === null && <Icon name="down" size={12} />}
        </button>
      </Menu>
      {value !== null && (
        <IconButton
          label={`Clear the filter ${label}`}
          icon="x"
          iconSize={12}
          size="sm"
          variant="ghost"
          onClick={() => onChange(null)}
        />
      )}
    </span>
  )
}
