/** The marks at the upper edge of a step: what its options say. Pure. */
import type { NodeDocument, NodeOptions } from "../api/types"
import { plural, seconds } from "../shared/format"
import type { GlyphName } from "../shared/icons/glyphs"
import { DEFAULT_LEVEL } from "../shared/levels"
import type { ProblemCount } from "./problemStore"

export interface Badge {
  kind: "refused" | "problems" | "retry" | "timeout" | "join" | "on_error" | "access" | "pin" | "notes"
  icon: GlyphName
  text?: string
  tone?: "bad" | "warn" | "accent"
  title: string
}

const SHOWN = 3

/** What a step's own options and notes say, in the order in which marks stand. */
export function optionBadges(node: NodeDocument): Badge[] {
  const options = node.options ?? {}
  return [
    retryBadge(options.retry),
    timeoutBadge(options.timeout),
    joinBadge(options.join),
    onErrorBadge(options.on_error),
    accessBadge(node.access),
    options.pin ? PIN : null,
    node.notes?.trim() ? { ...NOTES, title: node.notes.trim().slice(0, 280) } : null,
  ].filter((badge) => badge !== null)
}

const PIN: Badge = {
  kind: "pin",
  icon: "pin",
  tone: "accent",
  title: "Pinned: this step does not run, it gives what is pinned.",
}

const NOTES: Badge = { kind: "notes", icon: "note", title: "Has notes" }

function retryBadge(retry: NodeOptions["retry"]): Badge | null {
  if (!retry) return null
  const most = retry.max_retries ?? 3
  if (most === 0) return null
  return { kind: "retry", icon: "retry", text: String(most), title: retryWords(retry) }
}

/** “Tried again up to 3 times, after 1 s at first and never more than 1 min.” */
export function retryWords(retry: NonNullable<NodeOptions["retry"]>): string {
  const { max_retries: most = 3, initial_delay: first = 1, max_delay: cap = 60 } = retry
  const again = most === 1 ? "once" : `up to ${most} times`
  const only = [
    ...(retry.retry_on ?? []),
    ...(retry.retry_on_status ?? []).map((status) => `status ${status}`),
  ]
  const after =
    retry.backoff_strategy === "constant"
      ? `each time after up to ${seconds(first)}`
      : `after ${seconds(first)} at first, ${seconds(cap)} at most`
  return `Tried again ${again}, ${after}.${only.length ? ` Only for ${only.join(", ")}.` : ""}`
}

function timeoutBadge(timeout: NodeOptions["timeout"]): Badge | null {
  if (timeout == null) return null
  return {
    kind: "timeout",
    icon: "timer",
    text: seconds(timeout),
    title: `Each attempt may take ${seconds(timeout)}.`,
  }
}

function joinBadge(join: NodeOptions["join"]): Badge | null {
  if (join === "all")
    return { kind: "join", icon: "merge", text: "all", title: "Starts only when every input has come." }
  if (join === "always")
    return {
      kind: "join",
      icon: "merge",
      text: "always",
      title: "Always starts, also when what comes before failed or was skipped.",
    }
  return null
}

function onErrorBadge(onError: NodeOptions["on_error"]): Badge | null {
  if (onError === "continue")
    return { kind: "on_error", icon: "arrow", title: "When it fails, the run goes on without it." }
  if (onError === "return")
    return {
      kind: "on_error",
      icon: "external",
      title: "When it fails, it passes the error on as its result.",
    }
  return null
}

/** What a step is to the policies, once somebody said so: its level, its tags, the name they know it by. */
export function accessBadge(access: NodeDocument["access"]): Badge | null {
  const { resource = "", classification = DEFAULT_LEVEL, tags = [] } = access ?? {}
  const said = [
    ...(classification === DEFAULT_LEVEL ? [] : [classification.replaceAll("_", " ")]),
    ...(tags.length ? [`tagged ${tags.join(", ")}`] : []),
    ...(resource ? [`resource “${resource}”`] : []),
  ]
  if (!said.length) return null
  return { kind: "access", icon: "lock", title: `Access: ${said.join(", ")}.` }
}

export function problemBadge(problem: ProblemCount): Badge {
  return {
    kind: "problems",
    icon: "warn",
    text: String(problem.errors + problem.warnings),
    tone: problem.errors ? "bad" : "warn",
    title: problem.first,
  }
}

/** In a run the attempts say more than how many there may be. */
export function withAttempts(
  badges: readonly Badge[],
  attempt: number,
  isRetrying: boolean,
  most: number | null,
) {
  if (attempt < 2) return badges
  const title = isRetrying ? `Attempt ${attempt} failed` : `Attempt ${attempt}`
  const tried: Badge = {
    kind: "retry",
    icon: "retry",
    text: isRetrying && most ? `${attempt} of ${most}` : String(attempt),
    tone: "warn",
    title: most ? `${title}, ${plural(most, "attempt")} at most` : title,
  }
  return [tried, ...badges.filter((badge) => badge.kind !== "retry")]
}

/** At most three; more fold into a last one that names them. */
export function foldBadges(badges: readonly Badge[]): { shown: readonly Badge[]; folded: readonly Badge[] } {
  if (badges.length <= SHOWN) return { shown: badges, folded: [] }
  return { shown: badges.slice(0, SHOWN), folded: badges.slice(SHOWN) }
}
