/** The canvas library's nodes and edges, as this canvas uses them. */
import type { Edge, Node } from "@xyflow/react"
import type { NodeType } from "../api/types"
import type { CardLayout } from "./layout"
import type { Ports } from "./ports"

export interface StepData extends Record<string, unknown> {
  title: string
  subtitle: string
  type: NodeType | undefined
  typeName: string
  ports: Ports
  layout: CardLayout
  disabled: boolean
  hasNotes: boolean
}

export interface WireData extends Record<string, unknown> {
  kind: "data" | "error"
  control: boolean
  /** The output port it leaves by, as far as a switch is concerned. */
  output: string
}

export type StepNode = Node<StepData, "step">
export type WireEdge = Edge<WireData, "wire">
