/** Which ports a step shows: those of its type, those its configuration makes, and those that wires already use. */
import type { ConnectionDocument, NodeDocument, NodeType, PortType } from "../api/types"
import { isFrame, NO_PARENTS, placeOf, type Parents } from "./scopes"

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
  /** On the inside of a loop or a map: what its steps take from it, and what they give it. */
  inner: { inputs: readonly Port[]; outputs: readonly Port[] } | null
}

export const CONTROL_INPUT = "should_run"
export const ERROR_OUTPUT = "error"
/** The error port's handle can't collide with an output of that name. */
export const ERROR_HANDLE = `!${ERROR_OUTPUT}`
/** The handle of a step that takes any input name and has none yet. */
export const NEW_INPUT = "+"

export interface Wired {
  inputs: readonly string[]
  outputs: readonly string[]
  error: boolean
  inner?: { inputs: readonly string[]; outputs: readonly string[] }
}

const UNWIRED: Wired = { inputs: [], outputs: [], error: false }

/** The handle of a port on the inside of a frame can't collide with one outside of the same name. */
const INNER_MARK = "~"
export const innerHandle = (name: string): string => `${INNER_MARK}${name}`
export const isInnerHandle = (handle: string | null | undefined): boolean =>
  handle?.startsWith(INNER_MARK) ?? false
export const portOfHandle = (handle: string): string => (isInnerHandle(handle) ? handle.slice(1) : handle)

/** The port a dotted path starts at: `result.data` leaves by `result`. */
export const portOfPath = (path: string): string => path.split(".", 1)[0] ?? path

/** Which ports of each step have a wire. One pass over all connections. */
export function wiredPorts(
  connections: readonly ConnectionDocument[],
  parents: Parents = NO_PARENTS,
): Map<string, Wired> {
  const found = new Map<string, Record<"inputs" | "outputs" | "innerInputs" | "innerOutputs", Set<string>>>()
  const failing = new Set<string>()
  const at = (id: string) => {
    const sets = found.get(id) ?? {
      inputs: new Set(),
      outputs: new Set(),
      innerInputs: new Set(),
      innerOutputs: new Set(),
    }
    found.set(id, sets)
    return sets
  }
  for (const connection of connections) {
    const place = placeOf(connection, parents)
    at(connection.target)[place === "exit" ? "innerInputs" : "inputs"].add(connection.input)
    const output = portOfPath(connection.output)
    if (place === "entry") at(connection.source).innerOutputs.add(output)
    else if (connection.kind === "error") failing.add(connection.source)
    else at(connection.source).outputs.add(output)
  }
  const wired = new Map<string, Wired>()
  for (const id of new Set([...found.keys(), ...failing])) {
    const { inputs, outputs, innerInputs, innerOutputs } = at(id)
    wired.set(id, {
      inputs: [...inputs],
      outputs: [...outputs],
      error: failing.has(id),
      ...(innerInputs.size || innerOutputs.size
        ? { inner: { inputs: [...innerInputs], outputs: [...innerOutputs] } }
        : {}),
    })
  }
  return wired
}

/** `freeNames` are the names that a step's code uses and does not define, or the parameters of what it runs. */
export function portsOf(
  node: NodeDocument,
  type: NodeType | undefined,
  wired: Wired = UNWIRED,
  freeNames: readonly string[] = [],
): Ports {
  const inputs = (type?.inputs ?? []).filter((port) => port.name !== CONTROL_INPUT).map(asPort)
  const dynamicInputs = type?.dynamic?.inputs || type?.container === "sub" ? freeNames : []
  for (const name of [...dynamicInputs, ...promptNames(node, type), ...wired.inputs]) {
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
    inner: isFrame(type) ? innerPorts(type, inputs, wired) : null,
  }
}

const PROMPT_NAME = /\{\{[A-Za-z_][A-Za-z0-9_]*\}\}|\{([A-Za-z_][A-Za-z0-9_]*)\}/g

/** The names that prompts read, as `{name}`, and that the step's own `variables` do not give. */
export function promptNames(node: NodeDocument, type: NodeType | undefined): string[] {
  const names = new Set<string>()
  for (const key of type?.dynamic?.prompts ?? []) {
    const text: unknown = node.config?.[key]
    if (typeof text !== "string") continue
    for (const [, name] of text.matchAll(PROMPT_NAME)) if (name) names.add(name)
  }
  const given: unknown = node.config?.["variables"]
  if (typeof given === "object" && given !== null) for (const name of Object.keys(given)) names.delete(name)
  return [...names]
}

/** Every input of a frame is handed on to the steps inside, beside what the frame itself gives them. */
function innerPorts(
  type: NodeType | undefined,
  inputs: readonly Port[],
  wired: Wired,
): { inputs: Port[]; outputs: Port[] } {
  const outputs = (type?.inner_outputs ?? []).map(asPort)
  const given = inputs.filter((port) => !(type?.inputs ?? []).some((own) => own.name === port.name))
  for (const port of [...given, ...(wired.inner?.outputs ?? []).map(plainPort)])
    if (!outputs.some((own) => own.name === port.name))
      outputs.push({ ...port, type: "any", required: false })
  const own = (type?.inner_inputs ?? []).map(asPort)
  for (const name of wired.inner?.inputs ?? [])
    if (!own.some((port) => port.name === name)) own.push(plainPort(name))
  return { inputs: own, outputs }
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
