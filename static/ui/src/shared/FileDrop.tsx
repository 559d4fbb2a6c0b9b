import { useRef, useState, type DragEvent, type ReactNode } from "react"
import { Icon } from "./icons/Icon"
import "./FileDrop.css"

interface Props {
  /** What may be dropped: "Drop a CSV file here, or". The button says the rest. */
  label: ReactNode
  accept: string
  onFile: (file: File) => void
  hint?: ReactNode
}

/** A place to drop a file, with the button that opens the file picker. */
export function FileDrop({ label, accept, onFile, hint }: Props) {
  const [over, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const take = (files: FileList | null) => {
    const file = files?.[0]
    if (file) onFile(file)
  }
  const drag = (event: DragEvent, isOver: boolean) => {
    event.preventDefault()
    setOver(isOver)
  }
  return (
    <div
      className={over ? "drop is-over" : "drop"}
      onDragOver={(event) => drag(event, true)}
      onDragLeave={(event) => drag(event, false)}
      onDrop={(event) => {
        drag(event, false)
        take(event.dataTransfer.files)
      }}
    >
      <Icon name="upload" />
      <span>
        {label}{" "}
        <button type="button" className="linkish" onClick={() => input.current?.click()}>
          choose a file
        </button>
        {hint && <span className="drop-hint">{hint}</span>}
      </span>
      <input
        ref={input}
        type="file"
        accept={accept}
        className="sr"
        tabIndex={-1}
        aria-label="File"
        onChange={(event) => {
          take(event.target.files)
          event.target.value = ""
        }}
      />
    </div>
  )
}
