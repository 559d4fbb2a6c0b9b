/** Where a policy stands, and what keeps it from being activated. Pure. */
import type { Policy } from "../types"

interface Facts {
  policy: Pick<Policy, "draft" | "status" | "approval">
  /** Of saving. */
  phase: string
  faults: number
  /** Test cases that fail; null until known. */
  failing: number | null
  /** It is only to be watched. */
  isShadow?: boolean
}

/** In words, everything that has to be done first; null when it can be activated. */
export function whyNotActivated({ policy, phase, faults, failing, isShadow = false }: Facts): string | null {
  const reasons: string[] = []
  const { draft, status, approval } = policy
  if (phase === "conflict") reasons.push("somebody else changed it")
  else if (faults > 0) reasons.push(faults === 1 ? "the rule has a fault" : `the rule has ${faults} faults`)
  else if (phase !== "saved") reasons.push("it is not saved yet")
  if (!isShadow && failing) reasons.push(failing === 1 ? "1 test fails" : `${failing} tests fail`)
  if (reasons.length === 0 && !draft && status === (isShadow ? "shadow" : "active"))
    reasons.push(isShadow ? "it runs in shadow as it is" : "it is active as it is")
  else if (!isShadow && approval.needed) reasons.push("a second person must approve")
  const said = reasons.join(" · ")
  return said ? said.charAt(0).toUpperCase() + said.slice(1) : null
}

/** Whose turn it is to approve: yours, somebody else's, or nobody's. */
export function approvalWords({ approval, draft, status }: Facts["policy"]): "yours" | "others" | null {
  if (!approval.needed || (!draft && status === "active")) return null
  return approval.may_approve ? "yours" : "others"
}
