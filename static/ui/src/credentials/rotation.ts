/** Words about how a credential is renewed. */
import { duration } from "../shared/format"
import type { RotationPolicy } from "./types"

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
  if (policy.rotation_policy === "scheduled") return `Renewed at ${policy.schedule_cron ?? "no time"} (UTC)`
  return `Renewed ${duration(policy.expiration_threshold * 1_000)} before it expires`
}
