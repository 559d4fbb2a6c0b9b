import { useStoreApi } from "@xyflow/react"
import { useEffect, useRef } from "react"
import { GRID } from "./geometry"

const CLOSEST = 13

/** How far apart the dots stand on the screen: the grid, or a multiple of it where that would be too dense. */
export function gapAt(zoom: number): number {
  let gap = GRID * zoom
  while (gap < CLOSEST) gap *= 2
  return gap
}

/** The grid of dots. It follows the view outside React: a pan draws nothing else. */
export function DotGrid() {
  const api = useStoreApi()
  const grid = useRef<HTMLDivElement>(null)
  useEffect(() => {
    let last: readonly number[] = []
    const follow = () => {
      const { transform } = api.getState()
      if (transform === last || !grid.current) return
      last = transform
      const [x, y, zoom] = transform
      const gap = gapAt(zoom)
      const { style } = grid.current
      style.backgroundSize = `${gap}px ${gap}px`
      style.backgroundPosition = `${x - 1}px ${y - 1}px`
    }
    follow()
    return api.subscribe(follow)
  }, [api])
  return <div ref={grid} className="dots" aria-hidden="true" />
}
