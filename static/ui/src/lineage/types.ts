/** Lineage as the API tells it. */
import type { components } from "../api/schema"

type Schemas = components["schemas"]

export type LineageGraph = Schemas["LineageGraph"]
export type GraphNode = Schemas["LineageGraphNode"]
export type GraphEdge = Schemas["LineageGraphEdge"]
export type GraphColumn = Schemas["LineageGraphColumn"]
export type Tier = GraphEdge["tier"]
export type Direction = "up" | "down" | "both"
export type DatasetItem = Schemas["LineageDatasetItem"]
export type ColumnFacts = Schemas["LineageColumnItem"]
export type Seen = Schemas["LineageSeen"]
export type Moment = Schemas["LineageMoment"]
