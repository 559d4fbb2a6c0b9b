/** Inputs of steps that nothing feeds: a run may supply them, and is asked for them like for parameters. */

import { ApiProblem } from "../../api/problem"
import type { GraphDocument, ParameterDocument } from "../../api/types"

export interface OpenInput {
  readonly node: string
  readonly name: string
}

interface Told {
  readonly code?: string
  readonly node?: string | null
  readonly field?: string | null
}

function missing({ code, node, field }: Told): OpenInput | null {
  const name = /^(?:inputs|config)\.([^.]+)$/.exec(field ?? "")?.[1]
  return code === "missing_input" && node && name ? { node, name } : null
}

/** What a run was refused for, where that is only that inputs are missing; else nothing. */
export function openInputsIn(reason: unknown): readonly OpenInput[] {
  if (!(reason instanceof ApiProblem) || reason.errors.length === 0) return []
  const found = reason.errors.map(missing)
  return found.every((input) => input !== null) ? found : []
}

/** Those that a whole run of the graph will need, as far as its problems tell: of steps at the top that are on. */
export function openInputsOf(graph: GraphDocument, problems: readonly Told[]): readonly OpenInput[] {
  const running = new Set(graph.nodes.flatMap((node) => (node.parent || node.disabled ? [] : [node.id])))
  return problems.flatMap((problem) => {
    const input = missing(problem)
    return input && running.has(input.node) ? [input] : []
  })
}

const nameOf = (input: OpenInput) => `${input.node}.${input.name}`

/** One field each. Without a schema a value may be JSON or plain text. */
export function asParameters(inputs: readonly OpenInput[]): readonly ParameterDocument[] {
  return inputs.map((input) => ({ name: nameOf(input) }))
}

/** The values of a form with both, as a run takes them: parameters by name, inputs by step. */
export function asRunParameters(
  values: Readonly<Record<string, unknown>>,
  inputs: readonly OpenInput[],
): Record<string, unknown> {
  const named = new Map(inputs.map((input) => [nameOf(input), input]))
  const parameters: Record<string, unknown> = {}
  const steps: Record<string, Record<string, unknown>> = {}
  for (const [name, value] of Object.entries(values)) {
    const input = named.get(name)
    if (input) steps[input.node] = { ...steps[input.node], [input.name]: value }
    else parameters[name] = value
  }
  return { ...parameters, ...steps }
}
