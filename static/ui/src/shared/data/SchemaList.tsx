import { useMemo } from "react"
import { count } from "../format"
import { Icon } from "../icons/Icon"
import { NO_MASKS, ruleName, segmentsOf, type Masks } from "./masks"
import { type Json, schemaLines } from "./tableModel"

/** The shape of a value, read off it: fields, their types, and which are not in every record. */
export function SchemaList({ value, masks = NO_MASKS }: { value: Json; masks?: Masks }) {
  const lines = useMemo(() => schemaLines(value), [value])
  return (
    <ul className="data-scroll scroll schema" aria-label="Fields">
      {lines.map((line, index) => (
        <li key={`${line.path}/${index}`} style={{ ["--depth" as string]: line.depth }} title={line.path}>
          <code>{line.name}</code>
          <Masked masks={masks} path={line.path} />
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

function Masked({ masks, path }: { masks: Masks; path: string }) {
  const field = masks.at(segmentsOf(path))
  if (!field) return null
  return (
    <span className="mask" title={`Masked by “${ruleName(field)}”`}>
      <Icon name="eyeoff" size={12} />
      {field.type}
    </span>
  )
}
