import { useQuery } from "@tanstack/react-query"
import { api, body } from "../api/client"
import { useRefresh } from "../api/pages"
import type { NewRole, Role, RoleChange } from "./types"

const at = (id: number) => ({ params: { path: { role_id: id } } })

/** All roles of the workspace, and everything that a role can give. */
export function useRoleList() {
  return useQuery({ queryKey: ["roles", "all"], queryFn: () => body(api.GET("/api/v1/roles/", {})) })
}

export const createRole = (role: NewRole): Promise<Role> => body(api.POST("/api/v1/roles/", { body: role }))

export const changeRole = (id: number, change: RoleChange): Promise<Role> =>
  body(api.PATCH("/api/v1/roles/{role_id}/", { ...at(id), body: change }))

export async function deleteRole(id: number): Promise<void> {
  await api.DELETE("/api/v1/roles/{role_id}/", at(id))
}

/** Call it after a change of roles: what people have and may follows. */
export const useRefreshRoles = () => useRefresh("roles", "people", "person", "me")
