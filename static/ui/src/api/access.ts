import { useQueryClient, type QueryClient } from "@tanstack/react-query"
import { useEffect, useRef } from "react"
import { useMe } from "./me"

/** Changes whenever this person may see more, or less; undefined until known. */
export const useAccessVersion = (): string | undefined => useMe()?.access_version

/** Reads again all that is shown. Not the draft, which the editor holds, with changes that are not saved yet. */
export function rereadAll(client: QueryClient): void {
  void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "draft" })
}

/** Every page follows: what this person may see is looked up with who they are, twice a minute. */
export function useFollowAccess(): void {
  const client = useQueryClient()
  const version = useAccessVersion()
  const before = useRef(version)
  useEffect(() => {
    if (before.current !== undefined && before.current !== version) rereadAll(client)
    before.current = version
  }, [client, version])
}
