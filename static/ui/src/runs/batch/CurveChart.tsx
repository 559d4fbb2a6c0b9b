import { useMemo, type PointerEvent } from "react"
import { across, curveWords, drawn, figure, nearest, spanOf, type Curve, type Point } from "./curves"

interface Props {
  curve: Curve
  points: readonly Point[]
  /** The point that is looked at, in all curves at once; null for the newest. */
  looked: number | null
  onLook: (index: number | null) => void
}

const BOX = { width: 400, height: 44 }

/** One figure over time. */
export function CurveChart({ curve, points, looked, onLook }: Props) {
  const { line, area, top } = useMemo(() => drawn(curve, points, BOX), [curve, points])
  const point = points[looked ?? points.length - 1]
  const x = point ? across(Date.parse(point.at), spanOf(points), BOX.width) : 0
  const look = (event: PointerEvent<SVGSVGElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    onLook(nearest(points, width ? (event.clientX - left) / width : 0))
  }
  return (
    <figure className="batch-curve">
      <figcaption>
        <span className="muted">{curve.label}</span>
        <b className="num">{point ? figure(curve.name, curve.of(point)) : ""}</b>
        <span className="xs subtle">{curve.unit}</span>
        <span className="xs subtle num end">{figure(curve.name, top)}</span>
      </figcaption>
      <svg
        role="img"
        aria-label={curveWords(curve, points)}
        viewBox={`0 0 ${BOX.width} ${BOX.height}`}
        preserveAspectRatio="none"
        onPointerMove={look}
        onPointerLeave={() => onLook(null)}
      >
        {area && <path className="batch-used" d={area} />}
        <path className="batch-line" d={line} />
        {looked !== null && <line className="batch-look" x1={x} x2={x} y1={0} y2={BOX.height} />}
      </svg>
    </figure>
  )
}
