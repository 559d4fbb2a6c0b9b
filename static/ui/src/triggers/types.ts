/** What starts a workflow without a person: a schedule, a call from outside, the end of another workflow's run. */
import type { components } from "../api/schema"

type Schemas = components["schemas"]

export type TriggerKind = Schemas["TriggerKind"]
export type ScheduleConfig = Required<Schemas["ScheduleConfig"]>
export type Signature = Required<Schemas["Signature"]>
export type SignatureScheme = Signature["scheme"]
/** An answer that waits for the run. Its `node` is the step that is answered with; null: all last steps. */
export type Awaited = Required<Schemas["WaitForResult"]>
export type Method = NonNullable<Schemas["WebhookConfig"]["methods"]>[number] & string
export type WebhookConfig = Omit<Required<Schemas["WebhookConfig"]>, "signature" | "respond" | "methods"> & {
  methods: Method[]
  signature: Signature | null
  respond: "accepted" | Awaited
}
export type AfterConfig = Required<Schemas["FollowConfig"]>

/** A parameter of the workflow: the expression that gives its value. */
export type Inputs = Readonly<Record<string, string>>

export interface Kinds {
  schedule: ScheduleConfig
  webhook: WebhookConfig
  workflow: AfterConfig
}

/** What a person sets on a trigger. Without `inputs` parameters get what the body has under their names. */
interface Setup<K extends TriggerKind> {
  kind: K
  name: string
  version: "latest" | number
  inputs: Inputs | null
  concurrency_key: string
  config: Kinds[K]
}

export type TriggerSetup = { [K in TriggerKind]: Setup<K> }[TriggerKind]
export type Trigger = Omit<Schemas["TriggerItem"], keyof TriggerSetup> & TriggerSetup

export type RunRef = Schemas["FiredRun"]["run"]
/** One time that a schedule, or another workflow, called for a run. */
export type Fire = Schemas["FireItem"]
/** One call of a webhook. */
export type Delivery = Schemas["DeliveryItem"]
export type FireTime = Schemas["ScheduleTime"]
export type WebhookAddress = Schemas["WebhookAddress"]
export type Listening = Schemas["ListeningState"]
