/** Policies as the API tells them. */
import type { Person } from "../api/types"
import type { PolicyDocument } from "./model/rule"

export type PolicyStatus = "draft" | "shadow" | "active" | "disabled"

export interface PolicyDraft {
  document: PolicyDocument
  by: Person | null
  at: string
  version: number
  approved_by: Person | null
}

export interface Policy extends PolicyDocument {
  id: string
  status: PolicyStatus
  revision: number
  created_at: string
  updated_at: string
  updated_by: Person | null
  can: string[]
  draft: PolicyDraft | null
  in_force: boolean
  hits_24h: number
  tests: { passed: number; failed: number }
  referenced_unknown: string[]
}
