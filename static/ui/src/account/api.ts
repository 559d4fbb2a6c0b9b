import { useQuery, useQueryClient } from "@tanstack/react-query"
import { api, body } from "../api/client"
import type { ApiToken, NewApiToken, Page } from "../api/types"

export function useTokens() {
  return useQuery({
    queryKey: ["tokens"],
    queryFn: () => body<Page<ApiToken>>(api.GET("/api/v1/tokens/", {})),
    select: (page) => page.results,
  })
}

export function useRefreshTokens(): () => Promise<void> {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: ["tokens"] })
}

export interface TokenRequest {
  readonly name: string
  /** Null: everything the person may do. */
  readonly scopes: string[] | null
  readonly expires_in_days: number
}

export function createToken(request: TokenRequest): Promise<NewApiToken> {
  return body<NewApiToken>(api.POST("/api/v1/tokens/", { body: request }))
}

export async function revokeToken(id: string): Promise<void> {
  await api.DELETE("/api/v1/tokens/{token_id}/", { params: { path: { token_id: id } } })
}

export async function changePassword(current: string, next: string): Promise<void> {
  await api.POST("/api/v1/me/password/", { body: { current_password: current, new_password: next } })
}
