import { useQuery } from "@tanstack/react-query"
import { api, body } from "../api/client"
import { usePages, useRefresh } from "../api/pages"
import type { Attribute, Invited, Member, MemberChange, Session } from "./types"

export type State = "active" | "deactivated"

export interface Filters {
  search: string
  role: string | null
  state: State | null
}

const at = (id: string) => ({ params: { path: { user_id: id } } })

export function useMembers({ search, role, state }: Filters) {
  const query = {
    search: search || undefined,
    role: role ?? undefined,
    is_active: state === null ? undefined : state === "active",
  }
  return usePages({
    key: ["people", query],
    read: (page, signal) =>
      body(api.GET("/api/v1/users/", { params: { query: { ...query, ...page } }, signal })),
  })
}

export function useMember(id: string) {
  return useQuery({
    queryKey: ["person", id],
    queryFn: () => body<Member>(api.GET("/api/v1/users/{user_id}/", at(id))),
  })
}

export const changeMember = (id: string, change: MemberChange): Promise<Member> =>
  body(api.PATCH("/api/v1/users/{user_id}/", { ...at(id), body: change }))

/** What the person may do; read anew each time it is opened, since it follows every rule. */
export function usePersonAccess(id: string) {
  return usePages({
    key: ["person", id, "access"],
    read: (page, signal) =>
      body(
        api.GET("/api/v1/users/{user_id}/access/", {
          params: { path: { user_id: id }, query: page },
          signal,
        }),
      ).then((found) => ({ ...found, next: found.workflows.next })),
  })
}

export function usePersonSessions(id: string) {
  return useQuery({
    queryKey: ["person", id, "sessions"],
    queryFn: async () => {
      const { results } = await body(api.GET("/api/v1/users/{user_id}/sessions/", at(id)))
      return results as Session[]
    },
  })
}

export async function endPersonSession(id: string, session: string): Promise<void> {
  const path = { user_id: id, session_id: session }
  await api.DELETE("/api/v1/users/{user_id}/sessions/{session_id}/", { params: { path } })
}

export async function endPersonSessions(id: string): Promise<void> {
  await api.DELETE("/api/v1/users/{user_id}/sessions/", at(id))
}

export function usePersonFactors(id: string) {
  return useQuery({
    queryKey: ["person", id, "factors"],
    queryFn: () => body(api.GET("/api/v1/users/{user_id}/factors/", at(id))),
  })
}

export async function removePersonFactors(id: string): Promise<void> {
  await api.DELETE("/api/v1/users/{user_id}/factors/", at(id))
}

/** Attributes that people can have; empty until known, and for who may not see them. */
export function useAttributes(may: boolean) {
  return useQuery({
    queryKey: ["attributes"],
    queryFn: async () => (await body(api.GET("/api/v1/attributes/", {}))).results as Attribute[],
    enabled: may,
  })
}

export function useInvitations(may: boolean) {
  return useQuery({
    queryKey: ["invitations"],
    queryFn: async () =>
      (await body(api.GET("/api/v1/users/invitations/", { params: { query: { limit: 100 } } }))).results,
    enabled: may,
  })
}

export const invite = (email: string, roles: string[]): Promise<Invited> =>
  body(api.POST("/api/v1/users/invitations/", { body: { email, roles } }))

export async function takeBack(invitation: string): Promise<void> {
  const path = { invitation_id: invitation }
  await api.DELETE("/api/v1/users/invitations/{invitation_id}/", { params: { path } })
}

/** Call it after a change of people or invitations. */
export const useRefreshPeople = () => useRefresh("people", "person", "invitations", "roles", "me")
