/** Policies as the API tells them. */
import type { Person } from "../api/types"
import type { components } from "../api/schema"
import type { ConditionDocument } from "./model/condition"
import type { PolicyDocument } from "./model/rule"

type Schemas = components["schemas"]

export type PolicyStatus = Schemas["PolicyItem"]["status"]
export type PolicyDraft = Omit<Schemas["PolicyDraft"], "document"> & { document: PolicyDocument }
export type Policy = Omit<Schemas["PolicyItem"], "condition" | "draft" | "approval"> & {
  /** Of the draft, or where there is none of the revision. */
  approval: { needed: boolean; by: Person | null; at: string | null; may_approve: boolean }
  condition: ConditionDocument | null
  draft: PolicyDraft | null
}
export type NewPolicy = Schemas["NewPolicy"]
export type Activation = Schemas["PolicyActivation"]
export type Revision = Omit<Schemas["PolicyRevisionItem"], "document"> & {
  document: PolicyDocument & { status?: PolicyStatus }
}
export type RevisionDetail = Schemas["PolicyRevisionDetail"]
export type TestCase = Schemas["PolicyTestCaseItem"]
export type NewTestCase = Schemas["NewPolicyTestCase"]
/** The question that a test case asks. */
export type Asked = Omit<NewTestCase, "name" | "expected">
export type StatedSubject = Schemas["StatedSubject"]
export type StatedResource = Schemas["StatedResource"]
export type StatedEnvironment = Schemas["StatedEnvironment"]
export type Simulation = Schemas["Simulation"]
export type Imported = Schemas["Imported"]

export type Impact = Schemas["PolicyImpact"]

/** A comparison or a group as it was judged, with the values that it met. */
export interface JudgedCondition {
  operator: string
  verdict: boolean | "unknown"
  conditions?: JudgedCondition[]
  attribute_path?: string
  label?: string
  actual?: unknown
  value?: unknown
  value_path?: string
  expected?: unknown
}

export interface JudgedPolicy {
  key: string
  label: string
  effect: "allow" | "deny"
  status: "active" | "shadow"
  names_resource: boolean
  verdict: boolean | "unknown"
  decides: boolean
  condition: JudgedCondition | null
}

export interface Explanation {
  allowed: boolean
  rule: string
  reason: string
  missing: string[]
  steps: { step: string; label: string; outcome: string; reason: string }[]
  policies: JudgedPolicy[]
}

export type Answer = Omit<Schemas["SimulatedAnswer"], "explanation"> & { explanation: Explanation }

export interface Simulated {
  active: Answer
  draft: Answer | null
  took_us: number
  /** The question as a test case asks it, also where a person and a thing were named. */
  stated: Pick<Asked, "subject" | "resource">
}
