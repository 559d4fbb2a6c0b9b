import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type Ref } from "react"
import type { ControlProps } from "../../shared/Field"
import "./Combo.css"

export interface ComboOption {
  value: string
  /** How it is called, where that differs from the value. */
  label?: string
  hint?: string
}

interface Props extends Partial<ControlProps> {
  /** Its name, where no label stands beside it. */
  label?: string
  text: string
  options: readonly ComboOption[]
  onText: (text: string) => void
  onPick: (value: string) => void
  /** What is typed already decides which options there are: they are not narrowed again. */
  isSearched?: boolean
  /** Enter where no option is meant. */
  onEnter?: () => void
  onBackspace?: () => void
  onBlur?: () => void
  mono?: boolean
  bare?: boolean
  readOnly?: boolean
  placeholder?: string
  ref?: Ref<HTMLInputElement>
}

const MOST = 100

/** A line of text that offers what fits while it is typed. Arrows choose, Enter takes, Esc closes. */
export function Combo(props: Props) {
  const { label, text, options, onText, onPick, isSearched, onEnter, onBackspace, onBlur } = props
  const { mono, bare, readOnly, placeholder, ref, ...control } = props
  const list = useId()
  const box = useRef<HTMLSpanElement>(null)
  const [open, setOpen] = useState(false)
  const [typed, setTyped] = useState(false)
  const [active, setActive] = useState(-1)
  const shown = (isSearched || !typed ? options : options.filter((option) => fits(option, text))).slice(
    0,
    MOST,
  )
  // a field that was just emptied offers nothing until it is asked
  const isOpen = open && !readOnly && shown.length > 0 && (text !== "" || !typed)
  const close = () => {
    setOpen(false)
    setActive(-1)
    setTyped(false)
  }
  const pick = (option: ComboOption) => {
    onPick(option.value)
    close()
  }
  const step = (by: number) => {
    if (!isOpen) {
      setTyped(false)
      return setOpen(true)
    }
    setActive((before) => (before + by + shown.length + (before < 0 && by < 0 ? 1 : 0)) % shown.length)
  }
  const press = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const option = isOpen ? shown[active] : undefined
    if (event.key === "ArrowDown") step(1)
    else if (event.key === "ArrowUp") step(-1)
    else if (event.key === "Enter" && option) pick(option)
    else if (event.key === "Enter" && onEnter) {
      onEnter()
      close()
    } else if (event.key === "Escape" && isOpen) close()
    else {
      if (event.key === "Backspace" && text === "") onBackspace?.()
      return
    }
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <span className="combo" ref={box}>
      <input
        id={control.id}
        aria-describedby={control["aria-describedby"]}
        aria-invalid={control["aria-invalid"]}
        aria-required={control["aria-required"]}
        ref={ref}
        type="text"
        role="combobox"
        className={`${bare ? "combo-bare" : "input"}${mono ? " mono" : ""}`}
        aria-label={label}
        aria-expanded={isOpen}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && active >= 0 ? `${list}-${active}` : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        readOnly={readOnly}
        value={text}
        onChange={({ target }) => {
          onText(target.value)
          setTyped(true)
          setOpen(true)
          setActive(-1)
        }}
        onClick={() => setOpen(true)}
        onKeyDown={press}
        onBlur={() => {
          close()
          onBlur?.()
        }}
      />
      {isOpen && (
        <Options id={list} home={box} shown={shown} active={active} mono={Boolean(mono)} onPick={pick} />
      )}
    </span>
  )
}

function fits({ value, label = "" }: ComboOption, text: string): boolean {
  const wanted = text.trim().toLowerCase()
  return value.toLowerCase().includes(wanted) || label.toLowerCase().includes(wanted)
}

interface OptionsProps {
  id: string
  home: React.RefObject<HTMLSpanElement | null>
  shown: readonly ComboOption[]
  active: number
  mono: boolean
  onPick: (option: ComboOption) => void
}

/** Over everything else, under its field. */
function Options({ id, home, shown, active, mono, onPick }: OptionsProps) {
  const list = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const popup = list.current
    const around = home.current?.getBoundingClientRect()
    if (!popup || !around) return
    popup.showPopover()
    const { height } = popup.getBoundingClientRect()
    const above = around.bottom + 4 + height > innerHeight && around.top > height
    popup.style.top = `${above ? around.top - height - 4 : around.bottom + 4}px`
    popup.style.left = `${Math.min(around.left, innerWidth - popup.offsetWidth - 8)}px`
    popup.style.minWidth = `${around.width}px`
  }, [home, shown.length])
  useLayoutEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" })
  }, [active])
  return (
    <div
      ref={list}
      id={id}
      popover="manual"
      role="listbox"
      aria-label="Suggestions"
      className="combo-list scroll"
    >
      {shown.map((option, at) => (
        // the field keeps the focus and has the keys; this is for the mouse
        // eslint-disable-next-line jsx-a11y/click-events-have-key-events
        <div
          key={option.value}
          id={`${id}-${at}`}
          role="option"
          tabIndex={-1}
          aria-selected={at === active}
          className="combo-option"
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(option)}
        >
          <span className={mono ? "mono" : undefined}>{option.label ?? option.value}</span>
          {option.hint && <span className="xs subtle">{option.hint}</span>}
        </div>
      ))}
    </div>
  )
}
