/** The audit trail. */
import type { components } from "../api/schema"

type Schemas = components["schemas"]

export type Entry = Schemas["AuditItem"]
export type EntryDetail = Schemas["AuditDetail"]
export type ChainState = Schemas["AuditState"]
export type Verification = Schemas["AuditVerified"]
