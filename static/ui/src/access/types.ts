/** Who may do what, as the API tells it. */
import type { components } from "../api/schema"

type Schemas = components["schemas"]

export type { Denial } from "../api/types"
/** A reveal of masked values that lasts. */
export type Reveal = Schemas["Revealing"]
export type Level = Schemas["Level"]
/** What a workflow is to the policies. */
export type WorkflowAccess = Schemas["AccessAttributes"]
export type Grant = Schemas["GrantItem"]
export type NewGrant = Schemas["NewGrant"]
export type Checked = Schemas["AccessChecked"]
/** What one can ask about. */
export type Askable = Schemas["NewAccessRequest"]["resource_type"]
export type AccessRequest = Schemas["AccessRequestItem"]
