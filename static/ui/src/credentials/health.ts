/** How a credential is doing, in a few words and a look. */
import { ago, until } from "../shared/format"
import type { GlyphName } from "../shared/icons/glyphs"
import type { Credential } from "./types"

export interface HealthLook {
  words: string
  icon: GlyphName
  look: "" | "is-ok" | "is-warn" | "is-bad"
}

type Known = Pick<Credential, "health" | "expires_at">

export function healthLook({ health, expires_at }: Known, now: Date): HealthLook {
  const end = expires_at && new Date(expires_at) > now ? `expires ${inDays(expires_at, now)}` : null
  switch (health.state) {
    case "expired":
      return {
        words: expires_at ? `expired ${ago(expires_at, now)}` : "expired",
        icon: "ban",
        look: "is-bad",
      }
    case "failing":
      return { words: "refused", icon: "warn", look: "is-bad" }
    case "expiring":
      return { words: end ?? "expires soon", icon: "warn", look: "is-warn" }
    case "ok":
      return { words: end ?? "works", icon: end ? "clock" : "check", look: "is-ok" }
    default:
      return { words: end ?? "not tried yet", icon: "clock", look: "" }
  }
}

/** `in 19 days`; hours and minutes only where it is soon. */
function inDays(iso: string, now: Date): string {
  const days = Math.floor((new Date(iso).getTime() - now.getTime()) / 86_400_000)
  return days > 1 ? `in ${days} days` : until(iso, now)
}
