import { memo, useMemo, useRef, useState, type KeyboardEvent } from "react"
import type { NodeType } from "../api/types"
import { Icon } from "../shared/icons/Icon"
import { NodeTile } from "../shared/icons/nodeIcon"
import { Tip } from "../shared/Tip"
import { groupTypes, matching } from "./librarySearch"
import "./Library.css"

export const DRAG_TYPE = "application/x-lockgate-node-type"

interface Props {
  types: readonly NodeType[]
  onAdd: (type: NodeType) => void
  /** Why nothing can be added; null when it can. */
  refusal: string | null
}

/** The node types: search, drag onto the canvas, or press to add. */
export const Library = memo(function Library({ types, onAdd, refusal }: Props) {
  const [search, setSearch] = useState("")
  const list = useRef<HTMLDivElement>(null)
  const groups = useMemo(() => groupTypes(matching(types, search)), [types, search])
  const buttons = () => [...(list.current?.querySelectorAll<HTMLButtonElement>(".lib") ?? [])]

  const onSearchKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") {
      event.preventDefault()
      buttons()[0]?.focus()
    } else if (event.key === "Enter") {
      event.preventDefault()
      buttons()[0]?.click()
    } else if (event.key === "Escape") {
      if (search) setSearch("")
      else document.getElementById("canvas")?.focus()
    }
  }

  const onListKey = (event: KeyboardEvent) => {
    const all = buttons()
    const at = all.indexOf(document.activeElement as HTMLButtonElement)
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && at >= 0) {
      event.preventDefault()
      const next = all[at + step]
      if (next) next.focus()
      else if (step < 0) document.getElementById("library-search")?.focus()
    } else if (event.key === "Escape") document.getElementById("canvas")?.focus()
  }

  return (
    <>
      <div className="lib-find">
        <div className="input">
          <Icon name="search" size={14} />
          <input
            id="library-search"
            type="search"
            placeholder="Add a node"
            aria-label="Find a node type"
            autoComplete="off"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            onKeyDown={onSearchKey}
          />
          {!search && <kbd>/</kbd>}
        </div>
      </div>
      {/* arrow keys move among the buttons inside */}
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div className="lib-list scroll" ref={list} onKeyDown={onListKey}>
        {groups.map(({ label, types: listed }) => (
          <section key={label} aria-label={label}>
            <h2>{label}</h2>
            {listed.map((type) => (
              <LibraryItem key={type.type} type={type} onAdd={onAdd} refusal={refusal} />
            ))}
          </section>
        ))}
        {groups.length === 0 && (
          <p className="lib-none">
            Nothing here matches “{search}”.{" "}
            <button type="button" className="linkish" onClick={() => setSearch("")}>
              Show all
            </button>
          </p>
        )}
      </div>
    </>
  )
})

function LibraryItem({
  type,
  onAdd,
  refusal,
}: {
  type: NodeType
  onAdd: (type: NodeType) => void
  refusal: string | null
}) {
  return (
    <Tip label={refusal ?? type.description} side="right">
      <button
        type="button"
        className={`lib${refusal ? " off" : ""}`}
        draggable={!refusal}
        aria-disabled={refusal ? true : undefined}
        onClick={() => !refusal && onAdd(type)}
        onDragStart={(event) => {
          event.dataTransfer.setData(DRAG_TYPE, type.type)
          event.dataTransfer.effectAllowed = "copy"
        }}
      >
        <NodeTile icon={type.icon} category={type.category} />
        <span className="cut">{type.label}</span>
        <span className="grab">
          <Icon name="grip" size={14} />
        </span>
      </button>
    </Tip>
  )
}
