import { useEffect, useState } from "react"
import type { TimelineStore } from "./TimelineStore"

/** At most this often the rows are drawn anew while events pour in. */
const PER_SECOND = 4

/** Re-renders when rows have changed. */
export function useTimeline(store: TimelineStore): number {
  const [version, setVersion] = useState(store.version)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const show = () => {
      timer = undefined
      setVersion(store.version)
    }
    const stop = store.subscribe(() => {
      timer ??= setTimeout(show, store.isKnown ? 1000 / PER_SECOND : 0)
    })
    show()
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [store])
  return version
}
