/** The configuration that a workflow begins with. Pure. */
import type { FieldErrors } from "../api/fieldErrors"
import type { FieldProblem } from "../inspector/schema"

export type Config = Readonly<Record<string, unknown>>

export const DEMO: Config = {}

/** With a setting changed; `undefined` is the template's own again. */
export function withSetting(config: Config, key: string, value: unknown): Config {
  const { [key]: _, ...others } = config
  return value === undefined ? others : { ...others, [key]: value }
}

/**
 * What a refusal says of settings, by their path in the form. Of one among several kinds the server
 * names the kind too (`data_sources.0.apis.url`), which is no part of the path.
 */
export function problemsOfConfig(errors: FieldErrors): Map<string, FieldProblem[]> {
  const found = new Map<string, FieldProblem[]>()
  for (const [field, message] of Object.entries(errors)) {
    if (!field.startsWith("config.")) continue
    const path = field.slice("config.".length).replace(/^(\w+\.\d+)\.(?=[a-z]+\.)[a-z]+\./, "$1.")
    found.set(path, [...(found.get(path) ?? []), { message, severity: "error" }])
  }
  return found
}

/** Whether a refusal is about the configuration. */
export const isAboutConfig = (errors: FieldErrors): boolean =>
  Object.keys(errors).some((field) => field === "config" || field.startsWith("config."))
