/** Secrets that workflows use by name. What is secret of them can be written, never read. */
import type { components } from "../api/schema"
import type { JsonSchema } from "../api/types"

type Schemas = components["schemas"]

export type Credential = Schemas["CredentialItem"]
export type CredentialName = Schemas["CredentialName"]
/** What names a credential. */
export type CredentialUser = Schemas["CredentialUserItem"]
export type CredentialUsage = Schemas["CredentialUsage"]
export type CredentialTypeName = Schemas["NewCredential"]["type"]
/** Where a credential can be chosen. */
export type CredentialUse = Schemas["CredentialTypeItem"]["use"][number]
export type CredentialType = Omit<Schemas["CredentialTypeItem"], "values_schema"> & {
  values_schema: JsonSchema
}

export type RotationState = Schemas["RotationState"]
export type RotationPolicy = Schemas["RotationPolicyItem"]
export type Rotation = Schemas["RotationItem"]
export type RotationImpact = Schemas["RotationImpact"]
