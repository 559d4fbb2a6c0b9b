/** Secrets that workflows use by name. What is secret of them can be written, never read. */
import type { JsonSchema, Person } from "../api/types"

/** Where a credential can be chosen. */
export type CredentialUse = "http" | "signature" | "mail"

export interface CredentialType {
  type: string
  label: string
  description: string
  values_schema: JsonSchema
  secret_fields: readonly string[]
  use: readonly CredentialUse[]
}

export interface Credential {
  id: string
  name: string
  type: string
  description: string
  /** What is not secret of its values. */
  fields: Readonly<Record<string, unknown>>
  secret_fields: readonly string[]
  version: number
  created_by: Person | null
  updated_by: Person | null
  created_at: string
  updated_at: string
  last_used_at: string | null
  can: readonly string[]
}

/** What names a credential. */
export interface CredentialUser {
  kind: "workflow" | "trigger" | "notice"
  id: string
  name: string
  workflow: string
  nodes: readonly string[]
}

/** A run that was given it. */
export interface CredentialRun {
  id: string
  number: number
  workflow: string
  workflow_name: string
  version: number
  used_at: string
  used_by: Person | null
}

export interface CredentialUsage {
  users: readonly CredentialUser[]
  runs: readonly CredentialRun[]
}

export interface CredentialName {
  name: string
  type: string
  description: string
}
