/** What runs ask people for. */
import type { components } from "../api/schema"

type Schemas = components["schemas"]

export type Approval = Schemas["ApprovalItem"]
/** With what the step was given: null for who neither may answer nor see data of runs. */
export type ApprovalDetail = Schemas["ApprovalDetail"]
export type ApprovalStatus = Schemas["ApprovalState"]
export type CastVote = Schemas["Vote"]
export type Vote = CastVote["decision"]
