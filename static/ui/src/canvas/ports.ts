/** Which ports a step shows: those of its type, those its configuration makes, and those that wires already use. */
import type { ConnectionDocument, NodeDocument, NodeType, PortType } from "../api/types"

export interface Port {
  name: string
  type: PortType
  label: string
  required: boolean
  multiple: boolean
}

export interface Ports {
  inputs: readonly Port[]
  outputs: readonly Port[]
  /** Outputs are named rows even when there is one (a switch). */
  namedOutputs: boolean
  /** Takes an input of any name, so a wire may be dropped on the step itself. */
  open: boolean
  /** `should_run` and the error port are drawn when wired, and for the pointer. */
  controlWired: boolean
  errorWired: boolean
}

export const CONTROL_INPUT = "should_run"
export const ERROR_OUTPUT = "error"
/** The handle of a step that takes any input name and has none yet. */
export const NEW_INPUT = "+"

export interface Wired {
  inputs: readonly string[]
  outputs: readonly string[]
  error: boolean
}

const UNWIRED: Wired = { inputs: [], outputs: [], error: false }

/** The port a dotted path starts at: `result.data` leaves by `result`. */
export const portOfPath = (path: string): string => path.split(".", 1)[0] ?? path

/** Which ports of each step have a wire. One pass over all connections. */
export function wiredPorts(connections: readonly ConnectionDocument[]): Map<string, Wired> {
  const inputs = new Map<string, Set<string>>()
  const outputs = new Map<string, Set<string>>()
  const failing = new Set<string>()
  const into = (map: Map<string, Set<string>>, id: string, name: string) => {
    const set = map.get(id)
    if (set) set.add(name)
    else map.set(id, new Set([name]))
  }
  for (const connection of connections) {
    into(inputs, connection.target, connection.input)
    if (connection.kind === "error") failing.add(connection.source)
    else into(outputs, connection.source, portOfPath(connection.output))
  }
  const wired = new Map<string, Wired>()
  for (const id of new Set([...inputs.keys(), ...outputs.keys(), ...failing])) {
    wired.set(id, {
      inputs: [...(inputs.get(id) ?? [])],
      outputs: [...(outputs.get(id) ?? [])],
      error: failing.has(id),
    })
  }
  return wired
}

/** `freeNames` are the names that a step's code uses and does not define. */
export function portsOf(
  node: NodeDocument,
  type: NodeType | undefined,
  wired: Wired = UNWIRED,
  freeNames: readonly string[] = [],
): Ports {
  const inputs = (type?.inputs ?? []).filter((port) => port.name !== CONTROL_INPUT).map(asPort)
  const dynamicInputs = type?.dynamic?.inputs ? freeNames : []
  for (const name of [...dynamicInputs, ...wired.inputs]) {
    if (name !== CONTROL_INPUT && !inputs.some((port) => port.name === name)) inputs.push(plainPort(name))
  }
  const made = madeOutputs(node, type)
  const outputs = made ?? (type?.outputs ?? [plainPort("result")]).map(asPort)
  for (const name of wired.outputs)
    if (!outputs.some((port) => port.name === name)) outputs.push(plainPort(name))
  return {
    inputs,
    outputs,
    namedOutputs: made !== null || outputs.length > 1,
    open: type?.accepts_any_input ?? false,
    controlWired: wired.inputs.includes(CONTROL_INPUT),
    errorWired: wired.error,
  }
}

/** Outputs that a list in the configuration names, as the cases of a switch do. */
function madeOutputs(node: NodeDocument, type: NodeType | undefined): Port[] | null {
  const rule = type?.dynamic?.outputs
  if (!rule) return null
  const items: unknown = node.config?.[rule.from]
  const names = new Set<string>()
  for (const item of Array.isArray(items) ? items : []) {
    const name: unknown =
      typeof item === "object" && item !== null ? (item as Record<string, unknown>)[rule.name] : item
    if (typeof name === "string" && name) names.add(name)
  }
  for (const extra of rule.extra ?? []) names.add(extra)
  return [...names].map(plainPort)
}

function asPort(port: Partial<Port> & { name: string }): Port {
  return {
    name: port.name,
    type: port.type ?? "any",
    label: port.label || port.name,
    required: port.required ?? false,
    multiple: port.multiple ?? false,
  }
}

const plainPort = (name: string): Port => asPort({ name })
