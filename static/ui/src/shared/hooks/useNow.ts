import { useEffect, useState } from "react"

/** The time, renewed every `ms` while `on`; for ages and running clocks. */
export function useNow(ms: number, on = true): Date {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    if (!on) return
    const timer = setInterval(() => setNow(new Date()), ms)
    return () => clearInterval(timer)
  }, [ms, on])
  return now
}
