import { useMemo, useState } from "react"
import { Button } from "../Button"
import { Icon } from "../icons/Icon"
import { toast } from "../toast"
import { MaskChip } from "./MaskChip"
import type { MaskedField } from "../../api/types"
import { NO_MASKS, type Masks } from "./masks"
import { type JsonLine, jsonLines } from "./jsonLines"
import type { Json } from "./tableModel"

/** A value as a tree that opens and closes line by line. */
export function JsonTree({ value, masks = NO_MASKS }: { value: Json; masks?: Masks }) {
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set())
  const [more, setMore] = useState<ReadonlyMap<string, number>>(new Map())
  const lines = useMemo(() => jsonLines(value, turned, more), [value, turned, more])
  const turn = (path: string) => setTurned((before) => toggled(before, path))
  const showMore = (path: string) =>
    setMore((before) => new Map(before).set(path, (before.get(path) ?? 0) + 1))
  const copy = async () => {
    await navigator.clipboard.writeText(JSON.stringify(value, null, 2))
    toast("The value is copied as JSON.")
  }
  return (
    <div className="data-scroll scroll json-area">
      <span className="json-copy">
        <Button size="sm" icon="copy" onClick={() => void copy()}>
          Copy
        </Button>
      </span>
      <ul className="json" aria-label="Value">
        {lines.map((line, index) => (
          <li key={`${line.path}/${line.kind}/${index}`} style={{ ["--depth" as string]: line.depth + 1 }}>
            {line.kind === "more" ? (
              <button type="button" className="linkish" onClick={() => showMore(line.path)}>
                {line.text}
              </button>
            ) : (
              <Line line={line} masked={masks.at(line.path.split("/").slice(1))} onTurn={turn} />
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

interface LineProps {
  line: JsonLine
  masked: MaskedField | null
  onTurn: (path: string) => void
}

function Line({ line, masked, onTurn }: LineProps) {
  const key = line.key !== null && <span className="key">{line.key}:</span>
  const text = masked ? (
    <MaskChip text={line.text} field={masked} />
  ) : (
    <span className={`is-${line.kind}`}>{line.text}</span>
  )
  if (line.open === null) {
    return (
      <>
        {key}
        {text}
      </>
    )
  }
  return (
    <button type="button" className="json-turn" aria-expanded={line.open} onClick={() => onTurn(line.path)}>
      <Icon name="right" size={12} />
      {key}
      {text}
    </button>
  )
}

function toggled(set: ReadonlySet<string>, item: string): ReadonlySet<string> {
  const next = new Set(set)
  if (!next.delete(item)) next.add(item)
  return next
}
