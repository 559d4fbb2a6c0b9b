/** The API's bodies, under the names the interface uses. */
import type { NodeState } from "../shared/live/statusStore"
import type { RunStatus, Status } from "../shared/status"
import type { FieldError } from "./problem"

export interface Person {
  id: string
  name: string
  email: string
}

export interface Me {
  id: string
  email: string
  name: string
  tenant: { id: string; name: string } | null
  roles: { key: string; label: string }[]
  permissions: string[]
}

export type PortType = "any" | "records" | "object" | "text" | "number" | "control" | "file" | "error"

export interface PortInfo {
  name: string
  type: PortType
  label: string
  required: boolean
  multiple: boolean
}

export interface JsonSchema {
  type?: string | string[]
  title?: string
  description?: string
  default?: unknown
  enum?: unknown[]
  const?: unknown
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  $ref?: string
  $defs?: Record<string, JsonSchema>
  discriminator?: { propertyName: string; mapping?: Record<string, string> }
  additionalProperties?: boolean | JsonSchema
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  pattern?: string
  format?: string
  "x-widget"?: string
  "x-order"?: number | string[]
  "x-advanced"?: boolean
  "x-visible-if"?: Record<string, unknown>
}

export interface NodeType {
  type: string
  version: number
  label: string
  category: string
  icon: string
  description: string
  effect: string
  parameters_schema: JsonSchema
  inputs: PortInfo[]
  outputs: PortInfo[]
  accepts_any_input: boolean
  run_settable: string[]
  dynamic: {
    inputs: string | null
    outputs: { from: string; name: string; extra: string[] } | null
  }
}

export interface GraphProblem extends FieldError {
  code: string
  severity: "error" | "warning"
}

export interface RetryOptions {
  max_retries: number
  [key: string]: unknown
}

export interface NodeOptions {
  retry?: RetryOptions | null
  timeout?: number | null
  on_error?: "fail" | "continue" | "return"
  join?: "any" | "all" | "always"
  [key: string]: unknown
}

export interface NodeDocument {
  id: string
  type: string
  type_version?: number
  config?: Record<string, unknown>
  options?: NodeOptions
  parent?: string | null
  position?: [number, number] | null
  label?: string
  notes?: string
  disabled?: boolean
  [key: string]: unknown
}

export interface ConnectionDocument {
  source: string
  output: string
  target: string
  input: string
  kind?: "data" | "error"
}

export interface ParameterDocument {
  name: string
  schema?: JsonSchema
  default?: unknown
}

export interface GraphDocument {
  schema?: number
  parameters?: ParameterDocument[]
  nodes: NodeDocument[]
  connections: ConnectionDocument[]
  groups?: unknown[]
  settings?: Record<string, unknown>
  annotations?: unknown[]
}

export interface Draft {
  revision: number
  graph: GraphDocument
  problems: GraphProblem[]
  updated_at: string
  updated_by: Person | null
}

export interface Page<T> {
  results: T[]
  next: string | null
}

export interface LastRun {
  id: string
  status: RunStatus
  duration_ms: number | null
  created_at: string
}

export interface Workflow {
  id: string
  name: string
  description: string
  created_at: string
  updated_at: string
  updated_by: Person | null
  published_version: number | null
  has_unpublished_changes: boolean
  node_count: number
  last_runs: LastRun[]
  can: string[]
}

export interface RunError {
  code: string
  message: string
  node?: string | null
  line?: number | null
}

export interface Run {
  id: string
  number: number
  workflow: { id: string; name: string }
  version: number | null
  status: RunStatus
  trigger: string
  created_at: string
  started_at: string | null
  finished_at: string | null
  duration_ms: number | null
  wake_at: string | null
  requested_by: Person | null
  counts: Partial<Record<Status, number>>
  error: RunError | null
  can: string[]
}

export interface RunDetail extends Run {
  graph: GraphDocument
  parameters: Record<string, unknown>
  nodes: Record<string, NodeState>
  seq: number
}

export interface Attempt {
  attempt: number
  status: Status
  started_at: string | null
  finished_at: string | null
  error: RunError | null
}

export interface NodeRun {
  node: string
  status: Status
  attempts: Attempt[]
  inputs: Record<string, unknown> | null
  outputs: Record<string, unknown> | null
  inputs_info: ValueInfo | null
  error: RunError | null
  reason: string | null
  items: number | null
  outputs_info: ValueInfo | null
}

export interface ValueInfo {
  bytes: number
  truncated: boolean
  items: number | null
}

export interface LogEntry {
  pos: number
  at: string
  node: string | null
  attempt: number | null
  level: string
  text: string
}

export interface DatasetColumn {
  name: string
  type: string
}

export interface Dataset {
  id: string
  name: string
  format: string
  rows: number
  bytes: number
  columns: DatasetColumn[]
  created_at: string
  updated_at: string
  created_by: Person | null
  can: string[]
}

export interface DatasetPage extends Page<Dataset> {
  limits: { max_bytes: number; formats: string[] }
}

export interface DatasetRows {
  columns: DatasetColumn[]
  results: unknown[]
  total: number
}

export interface ApiToken {
  id: string
  name: string
  prefix: string
  scopes: string[]
  created_at: string
  expires_at: string | null
  last_used_at: string | null
}

export interface NewApiToken extends ApiToken {
  token: string
}

export interface Version {
  id: string
  number: number
  note: string
  hash: string
  created_at: string
  created_by: Person | null
  graph?: GraphDocument
}

export interface CodeProblem {
  line: number | null
  column: number | null
  message: string
  severity: "error" | "warning"
  hint: string | null
}

/** What reading a Python text found: its problems, and the names it takes from outside. */
export interface CodeReport {
  problems: CodeProblem[]
  inputs: string[]
}
