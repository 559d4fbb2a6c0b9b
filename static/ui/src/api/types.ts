/** The API's bodies, under the names the interface uses. Generated from the server's schema; only narrowed here. */
import type { components } from "./schema"

type Schemas = components["schemas"]

export type Person = Schemas["Person"]
export type Me = Schemas["Me"] & { pending_approvals?: number }

export interface Page<T> {
  results: T[]
  next?: string | null
}

/** The part of JSON Schema that node types describe their configuration with. */
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
  "x-credential-use"?: "http" | "signature" | "mail" | "sql"
}

export type PortType = Schemas["PortType"]
export type NodePort = Schemas["NodePort"]
export type NodeType = Omit<Schemas["NodeType"], "parameters_schema"> & { parameters_schema: JsonSchema }

/** A graph while it is edited: what the server fills in may be left out. */
export type NodeDocument = Schemas["GraphNodeInput"]
export type NodeOptions = Schemas["GraphNodeOptionsInput"]
export type NodeAccess = Schemas["GraphNodeAccessInput"]
export type ConnectionDocument = Schemas["GraphConnectionInput"]
export type ParameterDocument = Omit<Schemas["GraphParameterInput"], "schema"> & { schema?: JsonSchema }
export type GraphDocument = Omit<Schemas["GraphInput"], "nodes" | "connections" | "parameters"> & {
  nodes: NodeDocument[]
  connections: ConnectionDocument[]
  parameters?: ParameterDocument[]
}

/** The same as the API takes it: a parameter's own schema is open there. */
export type GraphInput = Schemas["GraphInput"]

export type GraphProblem = Schemas["GraphProblem"]
export type Draft = Omit<Schemas["Draft"], "graph"> & { graph: GraphDocument }
export type Version = Schemas["VersionItem"]
export type Workflow = Schemas["WorkflowItem"]
export type LastRun = Schemas["RunBrief"]
/** A workflow to begin with. */
export type Template = Schemas["TemplateItem"]

export type CodeProblem = Schemas["CodeProblem"]
/** What reading a Python text found: its problems, and the names it takes from outside. */
export type CodeReport = Schemas["CodeCheck"]
export type ReadScript = Schemas["ReadScript"]

/** Why something was refused, and for what one can ask. */
export type Denial = Schemas["DenialItem"]
/** A field that the reader sees masked, and by which rule. */
export type MaskedField = Schemas["MaskedFieldItem"]

export type RunError = Schemas["RunError"]
export type Run = Schemas["RunItem"]
export type StartedRun = Schemas["RunStarted"]
export type RunDetail = Omit<Schemas["RunDetail"], "graph"> & { graph: GraphDocument }
/** One round of a loop, or one item of a map. */
export type RunIteration = Schemas["RunIteration"]
/** Which part of a run is done again. */
export type RerunMode = NonNullable<Schemas["RunAgain"]["mode"]>
/** What ran inside an iteration or a sub-workflow. */
export type RunScope = Omit<Schemas["RunScope"], "graph"> & { graph: GraphDocument }
/** Which part of a graph a run covers, as a person asks for it. */
export type RunMode = NonNullable<Schemas["NewRun"]["mode"]>
export type RuntimeParameter = Omit<Schemas["RuntimeParameter"], "schema"> & { schema: JsonSchema }
export type Attempt = Schemas["NodeAttempt"]
export type NodeRun = Schemas["RunNodeDetail"]
export type ValueInfo = Schemas["ValueInfo"]
export type LogEntry = Schemas["LogLine"]

export type DatasetColumn = Schemas["DatasetColumn"]
export type Dataset = Schemas["DatasetItem"]
export type DatasetPage = Schemas["DatasetList"]
export type DatasetRows = Schemas["DatasetRows"]

export type ApiToken = Schemas["Token"]
export type NewApiToken = Schemas["NewToken"]
