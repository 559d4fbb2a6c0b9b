import { useQuery } from "@tanstack/react-query"
import { api, body } from "./client"
import type { Me } from "./types"
import { useViewer } from "./viewing"

/** The signed-in person; undefined until known. Read once a page load. */
export function useMe(): Me | undefined {
  return useQuery({
    queryKey: ["me"],
    queryFn: () => body<Me>(api.GET("/api/v1/me/", {})),
    staleTime: 5 * 60_000,
    refetchInterval: 30_000, // what waits for this person is counted in it
  }).data
}

/**
 * Whether the person's roles carry a permission ("workflow.create"). False until known. Through somebody else's
 * eyes it is theirs, and false where nothing was asked about it.
 */
export function useCan(permission: string): boolean {
  const viewer = useViewer()
  const own = useMe()?.permissions.includes(permission) ?? false
  return own && (viewer === null || (viewer.actions[permission]?.allowed ?? false))
}
