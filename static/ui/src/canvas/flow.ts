/** The canvas library's nodes and edges, as this canvas uses them. */
import type { Edge, Node } from "@xyflow/react"
import type { NodeType } from "../api/types"
import type { FrameLayout } from "./frames"
import type { CardLayout } from "./layout"
import type { Ports } from "./ports"
import type { Badge } from "./badges"
import type { Place } from "./scopes"

export interface StepData extends Record<string, unknown> {
  title: string
  subtitle: string
  type: NodeType | undefined
  typeName: string
  ports: Ports
  layout: CardLayout
  disabled: boolean
  /** What its options say, as marks at its upper edge. */
  badges: readonly Badge[]
  /** How many attempts it has at most; null where nothing was set. */
  attempts: number | null
  /** A loop or a map: a frame around the steps inside. */
  frame: FrameData | null
}

export interface FrameData {
  layout: FrameLayout
  /** How often the body runs, in words. */
  summary: string
  isEmpty: boolean
}

export interface WireData extends Record<string, unknown> {
  kind: "data" | "error"
  control: boolean
  /** The output port it leaves by, as far as a switch is concerned. */
  output: string
  /** Between steps side by side, or with the frame around them; `across` is a mistake. */
  place: Place
}

/** A step on the canvas, as a card or as a frame. */
export type StepNode = Node<StepData, "step" | "frame">
export type WireEdge = Edge<WireData, "wire">
