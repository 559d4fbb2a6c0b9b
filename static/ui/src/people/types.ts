/** People and invitations, as the API tells of them. */
import type { components } from "../api/schema"

type Schemas = components["schemas"]

export type Member = Schemas["MemberItem"]
export type MemberChange = Schemas["MemberChange"]
export type Invitation = Schemas["InvitationItem"]
export type Invited = Schemas["Invited"]
export type Attribute = Schemas["AttributeItem"]
export type PersonAccess = Schemas["PersonAccess"]
export type ActionAccess = Schemas["ActionAccess"]
export type WorkflowAccess = Schemas["WorkflowAccess"]
export type FactorsOfPerson = Schemas["FactorsOfPerson"]
export type Session = Schemas["SessionItem"]
