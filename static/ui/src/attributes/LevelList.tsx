import { useRef, useState, type DragEvent, type KeyboardEvent } from "react"
import { announce } from "../shared/announce"
import { IconButton } from "../shared/Button"
import { TextInput } from "../shared/Field"
import { Icon } from "../shared/icons/Icon"
import { moved, renamed, type LevelRow } from "./levels"

interface Props {
  rows: readonly LevelRow[]
  readOnly: boolean
  onChange: (rows: readonly LevelRow[]) => void
}

/** Levels by rank; a row is dragged, or moved by its buttons, or by Alt with an arrow in its name. */
export function LevelList({ rows, readOnly, onChange }: Props) {
  const list = useRef<HTMLOListElement>(null)
  const [dragged, setDragged] = useState<number | null>(null)
  const move = (from: number, to: number, part: "input" | "button" = "button") => {
    const next = moved(rows, from, to)
    if (next === rows) return
    onChange(next)
    announce(`${rows[from]?.label || "The level"} is number ${to + 1} of ${rows.length}.`)
    const side = to < from ? 0 : 1
    requestAnimationFrame(() => {
      const row = list.current?.children[to]
      const found = row?.querySelectorAll<HTMLElement>(part)
      ;(part === "input" ? found?.[0] : found?.[side])?.focus()
    })
  }
  const onKeyDown = (event: KeyboardEvent, at: number) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (!event.altKey || step === undefined) return
    event.preventDefault()
    move(at, at + step, "input")
  }
  const onDragOver = (event: DragEvent, at: number) => {
    if (dragged === null) return
    event.preventDefault()
    if (at !== dragged) {
      onChange(moved(rows, dragged, at))
      setDragged(at)
    }
  }
  return (
    <ol className="level-list" ref={list}>
      {rows.map((row, at) => (
        <li
          key={row.isNew ? `new ${at}` : row.key}
          className={dragged === at ? "level-row is-dragged" : "level-row"}
          onDragOver={(event) => onDragOver(event, at)}
          onDrop={(event) => {
            event.preventDefault()
            setDragged(null)
          }}
        >
          {!readOnly && (
            <span
              className="level-grip"
              draggable
              aria-hidden="true"
              onDragStart={(event) => {
                event.dataTransfer.effectAllowed = "move"
                event.dataTransfer.setData("text/plain", row.key)
                setDragged(at)
              }}
              onDragEnd={() => setDragged(null)}
            >
              <Icon name="grip" size={14} />
            </span>
          )}
          <span className="level-rank num xs subtle">{at + 1}</span>
          <TextInput
            aria-label={`Name of level ${at + 1}`}
            readOnly={readOnly}
            maxLength={120}
            value={row.label}
            onChange={({ target }) => onChange(renamed(rows, at, target.value))}
            onKeyDown={(event) => !readOnly && onKeyDown(event, at)}
          />
          <code className="xs subtle level-key">{row.key}</code>
          {!readOnly && (
            <span className="row g1">
              <IconButton
                label={`Move ${row.label || "level"} up`}
                icon="up"
                variant="ghost"
                size="sm"
                disabledReason={at === 0 && "It is the first."}
                onClick={() => move(at, at - 1)}
              />
              <IconButton
                label={`Move ${row.label || "level"} down`}
                icon="down"
                variant="ghost"
                size="sm"
                disabledReason={at === rows.length - 1 && "It is the last."}
                onClick={() => move(at, at + 1)}
              />
              <IconButton
                label={`Take away ${row.label || "level"}`}
                icon="x"
                variant="ghost"
                size="sm"
                onClick={() => onChange(rows.filter((_, place) => place !== at))}
              />
            </span>
          )}
        </li>
      ))}
    </ol>
  )
}
