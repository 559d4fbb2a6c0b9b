import { useMemo, useState } from "react"
import type { ValueInfo } from "../../api/types"
import { useViewer } from "../../api/viewing"
import { bytes, count } from "../format"
import { Icon } from "../icons/Icon"
import { JsonTree } from "./JsonTree"
import { SchemaList } from "./SchemaList"
import type { MaskedField } from "../../api/types"
import { Masks } from "./masks"
import { firstPlace, type Json, places } from "./tableModel"
import { ValueTable } from "./ValueTable"
import "./DataView.css"

export type DataLook = "table" | "json" | "schema"

interface Props {
  /** Ports by name. */
  value: Json
  look: DataLook
  info: ValueInfo | null
  /** The fields that the reader sees masked. */
  masked?: readonly MaskedField[]
  fileName: string
  downloadUrl: string
  stale: boolean
}

/** A node's data as table, tree or shape, with its size and the way to save all of it. */
export function DataView({ value, look, info, masked, fileName, downloadUrl, stale }: Props) {
  const masks = useMemo(() => new Masks(masked ?? []), [masked])
  const all = useMemo(() => places(value), [value])
  const [path, setPath] = useState<string | null>(null)
  const viewer = useViewer() // a file would be one’s own
  const place = all.find((item) => item.path === path) ?? firstPlace(all)
  return (
    <div className={stale ? "data is-old" : "data"}>
      {look === "table" && place && (
        <>
          {all.length > 1 && (
            <div className="data-places">
              <label className="sr" htmlFor="data-place">
                Part of the value
              </label>
              <span className="select">
                <select
                  id="data-place"
                  className="input mono"
                  value={place.path}
                  onChange={(event) => setPath(event.target.value)}
                >
                  {all.map((item) => (
                    <option key={item.path} value={item.path}>
                      {item.count === null ? item.path : `${item.path} (${count(item.count)})`}
                    </option>
                  ))}
                </select>
                <Icon name="down" size={14} />
              </span>
            </div>
          )}
          <ValueTable key={place.path} value={place.value} path={place.path} masks={masks} />
        </>
      )}
      {look === "json" && <JsonTree value={value} masks={masks} />}
      {look === "schema" && <SchemaList value={value} masks={masks} />}
      <footer className="data-foot">
        {info && <span className="num">{bytes(info.bytes)}</span>}
        {info?.truncated && <span>only a part is shown</span>}
        {!viewer && (
          <a className="btn ghost sm end" href={downloadUrl} download={`${fileName}.json`}>
            <Icon name="download" size={14} />
            {masks.fields.length ? "Save as you see it" : "Save all as JSON"}
          </a>
        )}
      </footer>
    </div>
  )
}
