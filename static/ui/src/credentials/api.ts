import { queryOptions, useQuery } from "@tanstack/react-query"
import { api, bodyAs } from "../api/client"
import { usePages, useRefresh } from "../api/pages"
import type { Page } from "../api/types"
import type {
  Credential,
  CredentialName,
  CredentialType,
  CredentialTypeName,
  CredentialUsage,
  CredentialUse,
  RotationImpact,
  RotationState,
} from "./types"

const ONE = "/api/v1/credentials/{credential_id}/"

const at = (id: string) => ({ params: { path: { credential_id: id } } })

/** The kinds of credentials, with the form of each. They change only with the server's version. */
export const credentialTypes = queryOptions({
  queryKey: ["credential-types"],
  queryFn: async () =>
    (await bodyAs<{ results: CredentialType[] }>(api.GET("/api/v1/credential-types/", {}))).results,
  staleTime: Infinity,
})

export function useCredentials(filters: { search: string; type: CredentialTypeName | null }) {
  return usePages({
    key: ["credentials", filters],
    read: (page, signal) =>
      bodyAs<Page<Credential>>(
        api.GET("/api/v1/credentials/", {
          params: {
            query: { search: filters.search || undefined, type: filters.type ?? undefined, ...page },
          },
          signal,
        }),
      ),
  })
}

export function useCredential(id: string) {
  return useQuery({
    queryKey: ["credential", id],
    queryFn: () => bodyAs<Credential>(api.GET(ONE, at(id))),
  })
}

export function useUsage(id: string) {
  return useQuery({
    queryKey: ["credential", id, "usage"],
    queryFn: () => bodyAs<CredentialUsage>(api.GET("/api/v1/credentials/{credential_id}/usage/", at(id))),
  })
}

export function useRotation(id: string) {
  return useQuery({
    queryKey: ["credential", id, "rotation"],
    queryFn: () => bodyAs<RotationState>(api.GET("/api/v1/credentials/{credential_id}/rotation/", at(id))),
    // What is under way is watched; what waits for its end changes seldom.
    refetchInterval: ({ state }) =>
      state.data?.rotations[0]?.status === "in_progress" ? 1_000 : state.data?.rotations[0] ? 15_000 : false,
  })
}

/** What a rotation would do and touch; read anew each time it is asked for. */
export function useImpact(id: string) {
  return useQuery({
    queryKey: ["credential", id, "rotation", "impact"],
    queryFn: () =>
      bodyAs<RotationImpact>(api.GET("/api/v1/credentials/{credential_id}/rotation/impact/", at(id))),
    staleTime: 0,
  })
}

/** From now on it is renewed so. */
export const setRotation = (id: string, settings: Record<string, unknown>): Promise<RotationState> =>
  bodyAs(api.PUT("/api/v1/credentials/{credential_id}/rotation/", { ...at(id), body: { settings } }))

/** A worker renews it at once. */
export const rotateNow = (id: string): Promise<RotationState> =>
  bodyAs(api.POST("/api/v1/credentials/{credential_id}/rotation/", at(id)))

/** A worker takes the newest rotation back. */
export const rollBack = (id: string): Promise<RotationState> =>
  bodyAs(api.POST("/api/v1/credentials/{credential_id}/rotation/rollback/", at(id)))

/** Nobody looks after it any more. */
export async function endRotation(id: string): Promise<void> {
  await api.DELETE("/api/v1/credentials/{credential_id}/rotation/", at(id))
}

/** The names to choose from where a credential of this use is wanted. */
export function useCredentialNames(use: CredentialUse) {
  return useQuery({
    queryKey: ["credentials", "names", use],
    queryFn: async () =>
      (
        await bodyAs<{ results: CredentialName[] }>(
          api.GET("/api/v1/credentials/names/", { params: { query: { use } } }),
        )
      ).results,
    staleTime: 30_000,
  })
}

interface Written {
  name: string
  description: string
  values: Readonly<Record<string, unknown>>
  expires_at: string | null
}

export const createCredential = (type: CredentialTypeName, written: Written): Promise<Credential> =>
  bodyAs(api.POST("/api/v1/credentials/", { body: { type, ...written } }))

/** A secret that `values` leaves out stays what it is. */
export const updateCredential = (id: string, written: Partial<Written>): Promise<Credential> =>
  bodyAs(api.PATCH(ONE, { ...at(id), body: written }))

/** What came of trying it stands in the answer. */
export const testCredential = (id: string, url: string): Promise<Credential> =>
  bodyAs(api.POST("/api/v1/credentials/{credential_id}/test/", { ...at(id), body: { url } }))

export async function deleteCredential(id: string): Promise<void> {
  await api.DELETE(ONE, at(id))
}

/** Call it after a change: whatever shows credentials is read again. */
export const useRefreshCredentials = () => useRefresh("credentials", "credential")
