import { Icon } from "../shared/icons/Icon"
import { StateIcon } from "../shared/icons/StateIcon"
import type { Verdict } from "./types"
import { verdictLook } from "./words"

/** A verdict as mark and word, the same wherever it stands. */
export function VerdictMark({ verdict }: { verdict: Verdict }) {
  const { label, look, icon } = verdictLook(verdict)
  return (
    <span className={`st ${look}`}>
      {icon === "pass" || icon === "fail" ? (
        <StateIcon status={icon === "pass" ? "succeeded" : "failed"} />
      ) : (
        <Icon name={icon} size={14} />
      )}
      {label}
    </span>
  )
}
