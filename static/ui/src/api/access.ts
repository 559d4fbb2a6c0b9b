import { useQueryClient, type QueryClient } from "@tanstack/react-query"
import { useEffect, useRef } from "react"
import { useMe } from "./me"

/** Changes whenever this person may see more, or less; undefined until known. */
export const useAccessVersion = (): string | undefined => useMe()?.access_version

/** Reads again all that is shown. Not the draft, which the editor holds, with changes that are not saved yet. */
export function rereadAll(client: QueryClient): void {
  void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "draft" })
}

const SETTLE_MS = 300
const LONGEST_MS = 2 ** 31 - 1

/**
 * Every page follows: what this person may see is looked up with who they are, twice a minute, and when something
 * that is shared with them for a time ends.
 */
export function useFollowAccess(): void {
  const client = useQueryClient()
  const version = useAccessVersion()
  const ends = useMe()?.access_ends_at
  useEffect(() => {
    if (!ends) return
    const left = new Date(ends).getTime() - Date.now()
    const look = () => void client.invalidateQueries({ queryKey: ["me"] })
    const timer = setTimeout(look, Math.min(LONGEST_MS, Math.max(0, left) + SETTLE_MS))
    return () => clearTimeout(timer)
  }, [client, ends])
  const before = useRef(version)
  useEffect(() => {
    if (before.current !== undefined && before.current !== version) rereadAll(client)
    before.current = version
  }, [client, version])
}
