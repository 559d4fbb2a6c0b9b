import { useQuery, useQueryClient } from "@tanstack/react-query"
import { api, body } from "../api/client"
import type { components } from "../api/schema"
import type { Page } from "../api/types"
import { makePasskey } from "../identity/passkeys"

type Schemas = components["schemas"]
export type Factors = Schemas["FactorsAnswer"]
export type Passkey = Schemas["PasskeyItem"]
export type Session = Schemas["SessionItem"]
export type AppBegun = Schemas["AppBegun"]
/** Shown once; null when earlier ones stay. */
export type Codes = readonly string[] | null

export function useFactors() {
  return useQuery({
    queryKey: ["factors"],
    queryFn: () => body<Factors>(api.GET("/api/v1/me/factors/", {})),
  })
}

export function useSessions() {
  return useQuery({
    queryKey: ["sessions"],
    queryFn: () => body<Page<Session>>(api.GET("/api/v1/me/sessions/", {})),
    select: (page) => page.results,
  })
}

export function useRefreshIdentity(): () => Promise<void> {
  const client = useQueryClient()
  return async () => {
    await client.invalidateQueries({ queryKey: ["factors"] })
    await client.invalidateQueries({ queryKey: ["sessions"] })
  }
}

export function beginApp(): Promise<AppBegun> {
  return body<AppBegun>(api.POST("/api/v1/me/factors/app/begin/", {}))
}

export async function addApp(code: string): Promise<Codes> {
  const made = await body<Schemas["NewCodes"]>(api.POST("/api/v1/me/factors/app/", { body: { code } }))
  return made.recovery_codes
}

export async function removeApp(): Promise<void> {
  await api.DELETE("/api/v1/me/factors/app/", {})
}

/** Has the browser make a passkey, and keeps it. */
export async function addPasskey(name: string): Promise<Codes> {
  const asked = await body<Schemas["PasskeyQuestion"]>(api.POST("/api/v1/me/factors/passkeys/begin/", {}))
  const credential = await makePasskey(asked.options)
  const made = await body<Schemas["PasskeyAdded"]>(
    api.POST("/api/v1/me/factors/passkeys/", { body: { name, credential } }),
  )
  return made.recovery_codes
}

export async function removePasskey(id: number): Promise<void> {
  await api.DELETE("/api/v1/me/factors/passkeys/{passkey_id}/", { params: { path: { passkey_id: id } } })
}

export async function renewCodes(): Promise<readonly string[]> {
  const made = await body<Schemas["CodesAnswer"]>(api.POST("/api/v1/me/factors/recovery-codes/", {}))
  return made.recovery_codes
}

export async function endSession(id: string): Promise<void> {
  await api.DELETE("/api/v1/me/sessions/{session_id}/", { params: { path: { session_id: id } } })
}

export async function endOtherSessions(): Promise<void> {
  await api.DELETE("/api/v1/me/sessions/", {})
}
