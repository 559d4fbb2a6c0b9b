import { useEffect, useState } from "react"

/** A grey bar in the shape of what comes; nothing for the first 200 ms. */
export function Skeleton({ width = "100%", height = 12 }: { width?: number | string; height?: number }) {
  const shown = useDelayed(200)
  return (
    <span
      className="skel"
      aria-hidden="true"
      style={{ width, height, visibility: shown ? "visible" : "hidden" }}
    />
  )
}

/** Rows of the given height, as in a list. */
export function SkeletonRows({ rows = 6, height = 48 }: { rows?: number; height?: number }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="row g3" style={{ height }}>
          <Skeleton width={24} height={24} />
          <Skeleton width={`${30 + ((row * 17) % 35)}%`} />
          <span className="end" style={{ width: "16%" }}>
            <Skeleton />
          </span>
        </div>
      ))}
    </div>
  )
}

export function useDelayed(ms: number): boolean {
  const [passed, setPassed] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setPassed(true), ms)
    return () => clearTimeout(timer)
  }, [ms])
  return passed
}
