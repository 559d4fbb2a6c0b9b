import { useMemo } from "react"
import { useNodeTypes } from "../api/nodeTypes"
import type { Template } from "../api/types"
import { GLYPHS } from "../shared/icons/glyphs"
import { glyphFor } from "../shared/icons/nodeIcon"
import { pictureOf, TILE } from "./picture"

const GLYPH = 16

/** The steps of a template as tiles, with their wires. */
export function TemplatePicture({ template }: { template: Template }) {
  const types = useNodeTypes()
  const picture = useMemo(() => pictureOf(template.steps, template.wires), [template])
  const typeOf = new Map(template.steps.map((step) => [step.id, types.get(step.type)]))
  const names = template.steps.map((step) => step.label || step.id).join(", ")
  return (
    <svg
      className="tp-picture"
      viewBox={`0 0 ${picture.width} ${picture.height}`}
      style={{ maxWidth: picture.width }}
      role="img"
      aria-label={`Steps: ${names}`}
    >
      {picture.lines.map((line, at) => (
        <path key={at} d={line.d} className={line.isError ? "tp-wire is-error" : "tp-wire"} />
      ))}
      {picture.places.map((place) => (
        <g
          key={place.id}
          className={`tp-step is-${typeOf.get(place.id)?.category ?? "flow"}`}
          transform={`translate(${place.x} ${place.y})`}
        >
          <rect width={TILE} height={TILE} rx={8} />
          <svg
            className="icon"
            aria-hidden="true"
            x={(TILE - GLYPH) / 2}
            y={(TILE - GLYPH) / 2}
            width={GLYPH}
            height={GLYPH}
            viewBox="0 0 24 24"
          >
            {GLYPHS[glyphFor(typeOf.get(place.id)?.icon ?? "")]}
          </svg>
        </g>
      ))}
    </svg>
  )
}
