import type { components } from "../api/schema"

type Schemas = components["schemas"]

export type Role = Schemas["RoleItem"]
export type GivenAction = Schemas["GivenAction"]
export type RoleChange = Schemas["RoleChange"]
export type NewRole = Schemas["NewRole"]
