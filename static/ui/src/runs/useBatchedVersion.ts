import { useEffect, useState } from "react"
import type { StatusSource } from "../shared/live/statusStore"

const PER_SECOND = 4

/** Re-renders when node states change, at most four times a second: for counts over all nodes. */
export function useBatchedVersion(statuses: StatusSource): number {
  const [version, setVersion] = useState(0)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = statuses.subscribeBatch(() => {
      timer ??= setTimeout(() => {
        timer = undefined
        setVersion((before) => before + 1)
      }, 1000 / PER_SECOND)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [statuses])
  return version
}
