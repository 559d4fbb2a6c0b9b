import { useMemo } from "react"
import { count } from "../format"
import { type Json, schemaLines } from "./tableModel"

/** The shape of a value, read off it: fields, their types, and which are not in every record. */
export function SchemaList({ value }: { value: Json }) {
  const lines = useMemo(() => schemaLines(value), [value])
  return (
    <ul className="data-scroll scroll schema" aria-label="Fields">
      {lines.map((line, index) => (
        <li key={`${line.path}/${index}`} style={{ ["--depth" as string]: line.depth }} title={line.path}>
          <code>{line.name}</code>
          <span className="muted">{line.types.join(" or ")}</span>
          {line.present && (
            <span className="xs subtle num">
              in {count(line.present.in)} of {count(line.present.of)}
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}
