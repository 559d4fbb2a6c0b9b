/** What one looks at as somebody else, as a question that a policy has to answer. Pure. */
import { viewerName, type ViewAs } from "../api/viewing"
import type { NewCase } from "./types"

/** What can be asked of a step, in the order in which it is offered. */
export const OF_STEP = [
  { value: "node.outputs", label: "See what it gave" },
  { value: "node.inputs", label: "See what it was given" },
  { value: "node.logs", label: "See what it wrote" },
  { value: "node.config", label: "See how it is set up" },
  { value: "node.execute", label: "Execute it in a run" },
] as const

/** And of the workflow. */
export const OF_WORKFLOW = [
  { value: "workflow.view", label: "See it" },
  { value: "workflow.edit", label: "Edit it" },
  { value: "workflow.publish", label: "Publish it" },
  { value: "workflow.run", label: "Run it" },
  { value: "run.data", label: "See the data of its runs" },
] as const

const WORDS: Readonly<Record<string, string>> = {
  "node.outputs": "see outputs of",
  "node.inputs": "see inputs of",
  "node.logs": "see logs of",
  "node.config": "see settings of",
  "node.execute": "execute",
  "workflow.view": "see",
  "workflow.edit": "edit",
  "workflow.publish": "publish",
  "workflow.run": "run",
  "run.data": "see data of runs of",
}

/** What is asked about: a step by its id, or the workflow where that is null. */
export interface Asked {
  step: string | null
  action: string
}

/** Whether it is allowed as things stand; the answer that is expected unless one says otherwise. */
export function isAllowed(viewed: ViewAs, { step, action }: Asked): boolean {
  if (step === null) return viewed.actions[action]?.allowed ?? false
  return !(action in (viewed.nodes[step]?.refused ?? {}))
}

/** The first thing of the step that is refused, else its outputs. */
export function firstRefused(viewed: ViewAs, step: string | null): string {
  if (step === null) {
    return OF_WORKFLOW.find(({ value }) => viewed.actions[value]?.allowed === false)?.value ?? "workflow.view"
  }
  return OF_STEP.find(({ value }) => value in (viewed.nodes[step]?.refused ?? {}))?.value ?? "node.outputs"
}

/** What decides about it: of a step’s data it may be the run’s as a whole, which is asked of the workflow. */
export function decisive(viewed: ViewAs, asked: Asked): Asked {
  const verdict = asked.step === null ? undefined : viewed.nodes[asked.step]?.refused[asked.action]
  return verdict && verdict.action !== asked.action ? { step: null, action: verdict.action } : asked
}

/** The key of the policy that refuses it, where one does. */
export function refusedBy(viewed: ViewAs, { step, action }: Asked): string | null {
  const verdict = step === null ? viewed.actions[action] : viewed.nodes[step]?.refused[action]
  return verdict?.policies[0] ?? null
}

/** “Dana Whitfield may not see outputs of Pay salaries” */
export function nameOf(viewed: ViewAs, asked: Asked, title: string, expected: boolean): string {
  const who = viewerName(viewed)
  const verb = WORDS[asked.action] ?? asked.action
  return `${who} may ${expected ? "" : "not "}${verb} ${title}`.slice(0, 200)
}

export function questionOf(viewed: ViewAs, asked: Asked, name: string, expected: boolean): NewCase {
  const { viewer, workflow } = viewed
  const node = asked.step === null ? undefined : viewed.nodes[asked.step]
  return {
    name,
    subject: { roles: viewer.roles, attributes: viewer.attributes, email: viewer.email },
    action: asked.action,
    resource: node ? { ...node.resource, parent: workflow } : workflow,
    expected,
  }
}
