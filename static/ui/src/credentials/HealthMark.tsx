import { useNow } from "../shared/hooks/useNow"
import { Icon } from "../shared/icons/Icon"
import { healthLook } from "./health"
import type { Credential } from "./types"

/** How it is doing; why stands in its title. */
export function HealthMark({ credential }: { credential: Credential }) {
  const { words, icon, look } = healthLook(credential, useNow(30_000))
  return (
    <span className={`health ${look}`} title={credential.health.reason}>
      <Icon name={icon} size={14} />
      {words}
    </span>
  )
}
