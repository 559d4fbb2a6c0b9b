/** Words about how a credential is renewed, and what of a rotation is done. */
import { duration } from "../shared/format"
import { cronWords } from "../triggers/cron"
import type { JsonSchema } from "../api/types"
import type { Rotation, RotationPolicy } from "./types"

const STATUSES: Readonly<Record<string, string>> = {
  success: "Renewed",
  failed: "Not renewed",
  rolled_back: "Rolled back",
  in_progress: "Under way",
}

export const asRotationStatus = (status: string): string => STATUSES[status] ?? status

/** When it is renewed, as the beginning of a sentence. */
export function lookedAfter(
  policy: Pick<RotationPolicy, "rotation_policy" | "schedule_cron" | "expiration_threshold">,
): string {
  if (policy.rotation_policy === "on_demand") return "Renewed when somebody asks for it"
  if (policy.rotation_policy === "scheduled") {
    return `Renewed by schedule: ${cronWords(policy.schedule_cron ?? "")} (UTC)`
  }
  return `Renewed ${duration(policy.expiration_threshold * 1_000)} before it expires`
}

export type StepState = "done" | "now" | "todo" | "failed"

export interface ShownStep {
  step: string
  label: string
  state: StepState
  note: string
  at: string | null
}

const LABELS = [
  ["create", "Create"],
  ["set", "Set"],
  ["test", "Test"],
  ["finish", "Finish"],
  ["retire", "Retire"],
] as const

/** The five steps, with what became of each; a rotation that is taken back has a sixth. */
export function stepsOf(rotation: Rotation): ShownStep[] {
  const told = new Map(rotation.steps.map((step) => [step.step, step]))
  const isOver = rotation.status !== "in_progress"
  const isBack = told.has("undo")
  let isNext = !isBack && (!isOver || (rotation.status === "success" && rotation.retire_at !== null))
  const steps = LABELS.map(([step, label]): ShownStep => {
    const found = told.get(step)
    if (found && !found.failed) return { step, label, state: "done", note: found.note, at: found.at }
    const state: StepState = found ? "failed" : isNext ? "now" : "todo"
    isNext = false
    return { step, label, state, note: found?.note ?? "", at: found?.at ?? null }
  })
  const undo = told.get("undo")
  if (!undo) return steps
  const done = steps.filter((step) => step.state === "done")
  const state = isOver ? (rotation.status === "rolled_back" ? "done" : "failed") : "now"
  return [...done, { step: "undo", label: "Go back", state, note: undo.note, at: undo.at }]
}

/** What is going on, in one word; null: nothing is. */
export function goingOn(rotation: Rotation | undefined): string | null {
  if (rotation?.status !== "in_progress") return null
  const now = stepsOf(rotation).find((step) => step.state === "now")
  const words: Readonly<Record<string, string>> = {
    create: "Creating",
    set: "Setting",
    test: "Testing",
    finish: "Finishing",
    undo: "Going back",
  }
  return words[now?.step ?? ""] ?? "Under way"
}

const KNOWN = ["credential_name", "operation"]
const FIRST = ["rotator", "strategy", "rotation_policy"]
/** Only read where no place is named that makes its own values. */
const READ = ["refresh_sources", "refresh_config"]

/** The settings of the step that renews credentials, as the form of one credential's own. */
export function settingsSchema(schema: JsonSchema, hasPlace: boolean): JsonSchema {
  const hidden = hasPlace ? [...KNOWN, ...READ] : KNOWN
  const entries = Object.entries(schema.properties ?? {}).filter(([name]) => !hidden.includes(name))
  const properties = entries.map(([name, field]) => {
    const place = FIRST.indexOf(name)
    return [name, place < 0 ? field : { ...field, "x-order": place - FIRST.length, "x-advanced": false }]
  })
  return {
    ...schema,
    properties: Object.fromEntries(properties) as Record<string, JsonSchema>,
    required: schema.required?.filter((name) => !KNOWN.includes(name)),
  }
}
