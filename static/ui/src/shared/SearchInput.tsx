import { useEffect, useRef, useState } from "react"
import { IconButton } from "./Button"
import { Icon } from "./icons/Icon"
import "./SearchInput.css"

interface Props {
  label: string
  placeholder?: string
  value: string
  /** Called when typing pauses, and at once on Enter and when cleared. */
  onChange: (text: string) => void
  width?: number | string
  /** Wait this long after the last key. */
  delay?: number
}

/** A search field that speaks up when the typing pauses. Esc clears it. */
export function SearchInput({ label, placeholder, value, onChange, width = 280, delay = 250 }: Props) {
  const [text, setText] = useState(value)
  const [seen, setSeen] = useState(value)
  if (seen !== value) {
    setSeen(value)
    setText(value)
  }
  const tell = useRef(onChange)
  useEffect(() => {
    tell.current = onChange
  })
  useEffect(() => {
    if (text === value) return
    const timer = setTimeout(() => tell.current(text), delay)
    return () => clearTimeout(timer)
  }, [text, value, delay])
  const set = (next: string) => {
    setText(next)
    onChange(next)
  }
  return (
    <span className="input search" style={{ width }}>
      <Icon name="search" size={14} />
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder ?? label}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") set(text)
          if (event.key === "Escape" && text) {
            event.stopPropagation()
            set("")
          }
        }}
      />
      {text && (
        <IconButton
          label="Clear the search"
          icon="x"
          iconSize={12}
          size="sm"
          variant="ghost"
          onClick={() => set("")}
        />
      )}
    </span>
  )
}
