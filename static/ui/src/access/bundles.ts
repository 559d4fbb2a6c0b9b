/** What a workflow can be shared for: each more than the one before. Pure. */

export const BUNDLES = [
  {
    value: "see",
    label: "See it",
    hint: "The graph, its settings and the states of its runs.",
    actions: ["workflow.view", "run.view", "node.config"],
  },
  {
    value: "data",
    label: "See its data",
    hint: "Also what steps take, give and write, masked as rules say.",
    actions: ["run.data", "node.inputs", "node.outputs", "node.logs"],
  },
  {
    value: "run",
    label: "Run it",
    hint: "Also start runs.",
    actions: ["workflow.run", "node.execute"],
  },
  {
    value: "edit",
    label: "Edit it",
    hint: "Also change the draft.",
    actions: ["workflow.edit", "node.edit", "node.delete"],
  },
] as const

export type Bundle = (typeof BUNDLES)[number]["value"]

/** All that a bundle allows: its own actions and those of the bundles before it. */
export function actionsOf(bundle: Bundle): string[] {
  const upto = BUNDLES.findIndex(({ value }) => value === bundle)
  return BUNDLES.slice(0, upto + 1).flatMap(({ actions }) => actions)
}

/** “See its data”; the actions themselves where they are no bundle. */
export function bundleWords(actions: readonly string[]): string {
  const given = new Set(actions)
  const found = BUNDLES.find(({ value }) => {
    const all = actionsOf(value)
    return all.length === given.size && all.every((action) => given.has(action))
  })
  return found?.label ?? [...given].sort().join(", ")
}
