/** A question to the simulator: who does what to what, when and from where. Pure. */
import type { NewTestCase, Simulation, StatedResource, StatedSubject } from "../types"
import { momentFrom } from "./values"
import type { Vocabulary } from "./vocabulary"

export interface Stated {
  /** `{department: "risk"}`; texts are kept as they are typed, and read by the kind of the attribute. */
  readonly attributes: Readonly<Record<string, string>>
}

export type Who =
  | { readonly kind: "person"; readonly id: string; readonly label: string }
  | ({ readonly kind: "stated"; readonly roles: readonly string[]; readonly email?: string } & Stated)

export type What =
  | { readonly kind: "nothing" }
  | { readonly kind: "thing"; readonly type: string; readonly id: string; readonly label: string }
  | ({
      readonly kind: "stated"
      readonly type: string
      readonly isOwn: boolean
      /** What is kept of a thing that was there: its id, and what it belongs to. */
      readonly rest?: Pick<StatedResource, "id" | "parent">
    } & Stated)

export interface Question {
  readonly who: Who
  readonly action: string
  readonly what: What
  /** As the browser's field has it, in UTC; empty: now. */
  readonly at: string
  readonly ip: string
  /** A second factor was given just then. */
  readonly hasFactor: boolean
}

export const NO_QUESTION: Question = {
  who: { kind: "stated", roles: [], attributes: {} },
  action: "",
  what: { kind: "nothing" },
  at: "",
  ip: "",
  hasFactor: false,
}

/** Why it cannot be asked yet; null when it can. */
export function whyNotAsked({ who, action, what }: Question): string | null {
  if (who.kind === "person" && !who.id) return "Choose a person."
  if (!action) return "Choose an action."
  return what.kind === "thing" && !what.id ? "Choose a thing." : null
}

export function simulationOf(question: Question, words: Vocabulary): Omit<Simulation, "draft" | "policy"> {
  const { who, action, what } = question
  return {
    action,
    ...(who.kind === "person" ? { user: who.id } : { subject: subjectOf(who, words) }),
    ...(what.kind === "thing" ? { resource_type: what.type, resource_id: what.id } : {}),
    ...(what.kind === "stated" ? { resource: resourceOf(what, words) } : {}),
    env: environmentOf(question, new Date()),
  }
}

export const subjectOf = (who: Extract<Who, { kind: "stated" }>, words: Vocabulary): StatedSubject => ({
  roles: [...who.roles],
  attributes: read(who.attributes, "user", words),
  ...(who.email ? { email: who.email } : {}),
})

export const resourceOf = (what: Extract<What, { kind: "stated" }>, words: Vocabulary): StatedResource => ({
  type: what.type,
  owner: what.isOwn ? "self" : null,
  attributes: read(what.attributes, "resource", words),
  ...what.rest,
})

/** What is not said is left out: a test without a time is asked at the time when it runs. */
export function environmentOf({ at, ip, hasFactor }: Question, now: Date) {
  const moment = momentFrom(at)
  return {
    ...(moment ? { at: moment } : {}),
    ...(ip.trim() ? { ip: ip.trim() } : {}),
    ...(hasFactor ? { mfa_at: moment ?? now.toISOString() } : {}),
  }
}

/** The values of attributes by their kinds: numbers, true or false, lists. */
function read(
  attributes: Readonly<Record<string, string>>,
  root: "user" | "resource",
  words: Vocabulary,
): Record<string, unknown> {
  const given = Object.entries(attributes).filter(([, text]) => text.trim() !== "")
  return Object.fromEntries(
    given.map(([name, text]) => [name, valueOf(text.trim(), kindOf(words, `${root}.${name}`))]),
  )
}

const kindOf = (words: Vocabulary, path: string) => words.paths.find((one) => one.path === path)?.kind

function valueOf(text: string, kind: string | null | undefined): unknown {
  const parts = () =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter(Boolean)
  if (kind === "number") return Number.isFinite(Number(text)) ? Number(text) : text
  if (kind === "boolean") return text === "true" ? true : text === "false" ? false : text
  if (kind === "list_text") return parts()
  if (kind === "list_number")
    return parts().map((part) => (Number.isFinite(Number(part)) ? Number(part) : part))
  return text
}

const textsOf = (attributes: Readonly<Record<string, unknown>> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : typeof value === "string" ? value : JSON.stringify(value),
    ]),
  )

/** The question that a test case asks, to look into why it goes as it does. */
export function questionOf(test: Pick<NewTestCase, "subject" | "action" | "resource" | "env">): Question {
  const { subject, action, resource, env = {} } = test
  const { roles = [], email } = subject
  return {
    who: { kind: "stated", roles, attributes: textsOf(subject.attributes), ...(email ? { email } : {}) },
    action,
    what: resource?.type ? whatOf(resource) : { kind: "nothing" },
    at: env.at ? new Date(env.at).toISOString().slice(0, 16) : "",
    ip: env.ip ?? "",
    hasFactor: Boolean(env.mfa_at),
  }
}

function whatOf({ type, owner, attributes, id, parent }: StatedResource): What {
  const rest = { ...(id ? { id } : {}), ...(parent ? { parent } : {}) }
  const kept = Object.keys(rest).length ? { rest } : {}
  return { kind: "stated", type, isOwn: owner === "self", attributes: textsOf(attributes), ...kept }
}

/** The question as a test case asks it, where person and thing are stated. */
export function testOf(question: Question, words: Vocabulary): Omit<NewTestCase, "name" | "expected"> | null {
  const { who, what, action } = question
  if (who.kind !== "stated" || what.kind === "thing") return null
  return {
    subject: subjectOf(who, words),
    action,
    resource: what.kind === "stated" ? resourceOf(what, words) : null,
    env: environmentOf(question, new Date()),
  }
}

/** “Somebody with role analyst, region US”, “Dana Whitfield”. */
export function whoWords(who: Who): string {
  if (who.kind === "person") return who.label || "Nobody chosen"
  const parts = [...who.roles, ...Object.entries(who.attributes).map(([name, value]) => `${name} ${value}`)]
  return parts.length ? `Somebody: ${parts.join(", ")}` : "Somebody without roles"
}
