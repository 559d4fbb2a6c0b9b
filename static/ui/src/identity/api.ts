import { useQuery, useQueryClient } from "@tanstack/react-query"
import { api, body } from "../api/client"
import type { components } from "../api/schema"

type Schemas = components["schemas"]
export type Provider = Schemas["ProviderItem"]
export type ProviderList = Schemas["ProviderList"]
export type NewProvider = Schemas["NewProvider"]
export type ProviderChange = Schemas["ProviderChange"]
export type IssuerFound = Schemas["IssuerFound"]
export type AccessSettings = Schemas["AccessSettings"]

export function useProviders(enabled: boolean) {
  return useQuery({
    queryKey: ["identity-providers"],
    queryFn: () => body<ProviderList>(api.GET("/api/v1/identity-providers/", {})),
    enabled,
  })
}

export function useAccessSettings(enabled: boolean) {
  return useQuery({
    queryKey: ["tenant-access"],
    queryFn: () => body<AccessSettings>(api.GET("/api/v1/tenant/access/", {})),
    enabled,
  })
}

export function useRefreshProviders(): () => Promise<void> {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: ["identity-providers"] })
}

export function useRefreshSettings(): () => Promise<void> {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: ["tenant-access"] })
}

export function changeSettings(change: Partial<AccessSettings>): Promise<AccessSettings> {
  return body<AccessSettings>(api.PATCH("/api/v1/tenant/access/", { body: change }))
}

export function createProvider(asked: NewProvider): Promise<Provider> {
  return body<Provider>(api.POST("/api/v1/identity-providers/", { body: asked }))
}

export function changeProvider(id: string, change: ProviderChange): Promise<Provider> {
  const params = { path: { provider_id: id } }
  return body<Provider>(api.PATCH("/api/v1/identity-providers/{provider_id}/", { params, body: change }))
}

export async function deleteProvider(id: string): Promise<void> {
  await api.DELETE("/api/v1/identity-providers/{provider_id}/", { params: { path: { provider_id: id } } })
}

export function checkIssuer(issuer: string): Promise<IssuerFound> {
  return body<IssuerFound>(api.POST("/api/v1/identity-providers/check/", { body: { issuer } }))
}
