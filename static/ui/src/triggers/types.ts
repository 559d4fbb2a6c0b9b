/** What starts a workflow without a person: a schedule, a call from outside, the end of another workflow's run. */
import type { Person } from "../api/types"

export type TriggerKind = "schedule" | "webhook" | "workflow"

export interface ScheduleConfig {
  cron: string
  zone: string
  missed: "skip" | "run_once" | "run_all"
  catch_up_limit: number
  overlap: "queue" | "skip" | "cancel_previous"
}

export type Inputs = Readonly<Record<string, string>>

export type SignatureScheme = "lockgate" | "github" | "stripe"

export interface Signature {
  credential: string
  /** Null: the one that the scheme uses. */
  header: string | null
  scheme: SignatureScheme
  tolerance_s: number
}

export interface Awaited {
  wait_s: number
  /** The step whose result is the answer, and which part of it: `result.data`. Null: all last steps. */
  node: string | null
  output: string | null
}

export interface WebhookConfig {
  methods: string[]
  signature: Signature | null
  dedupe: string | null
  respond: "accepted" | Awaited
  body: "json" | "text" | "form"
  max_body: number
  max_per_minute: number
}

export interface AfterConfig {
  source: string
  on: "succeeded" | "failed" | "ended"
}

export interface Kinds {
  schedule: ScheduleConfig
  webhook: WebhookConfig
  workflow: AfterConfig
}

/** What a person sets on a trigger. */
interface Setup<K extends TriggerKind> {
  kind: K
  name: string
  version: "latest" | number
  /** A parameter of the workflow: the expression that gives its value. Null: what the body has under its name. */
  inputs: Inputs | null
  concurrency_key: string
  config: Kinds[K]
}

export type TriggerSetup = { [K in TriggerKind]: Setup<K> }[TriggerKind]

export type Trigger = TriggerSetup & {
  id: string
  enabled: boolean
  workflow: { id: string; name: string; published_version?: number | null }
  /** The workflow that is followed. */
  source: { id: string; name: string } | null
  run_as: Person | null
  created_at: string
  updated_at: string
  last_fired_at: string | null
  last_problem: { code?: string; message: string; at?: string } | null
  next_fire_at: string | null
  can: readonly string[]
}

export interface RunRef {
  id: string
  number: number
}

/** One time that a schedule, or another workflow, called for a run. */
export interface Fire {
  id: string
  cause: "schedule" | "person" | "run"
  fire_at: string
  at: string | null
  outcome: "started" | "skipped" | "refused"
  reason: string | null
  /** The reason in words. */
  message: string | null
  /** Earlier times that it stands for. */
  missed: number
  run: RunRef | null
  source_run: RunRef | null
}

/** One call of a webhook. */
export interface Delivery {
  id: string
  at: string
  method: string
  status: number
  outcome: "accepted" | "refused"
  reason: string | null
  message: string | null
  bytes: number | null
  /** How often the same delivery came again. */
  replays: number
  run: RunRef | null
}

export interface FireTime {
  at: string
  note: string | null
}

export interface WebhookAddress {
  url: string
  test_url: string
}

export interface Listening {
  until: string | null
  url: string
  received: { at: string; method: string; problem: string | null; run: RunRef | null } | null
}
