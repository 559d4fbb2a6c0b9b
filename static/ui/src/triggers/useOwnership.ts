import { useCan, useMe } from "../api/me"
import type { Trigger } from "./types"

export interface Ownership {
  /** Switch it off, delete it, or take it over. */
  mayManage: boolean
  /** All else: of another's trigger only who manages people may, for its runs have that person's rights. */
  mayChange: boolean
  /** It runs as this person. */
  isMine: boolean
}

/** What the person who looks at a trigger may do with it. */
export function useOwnership(trigger: Trigger): Ownership {
  const me = useMe()
  const managesPeople = useCan("user.manage")
  const mayManage = trigger.can.includes("trigger.manage")
  const isMine = me !== undefined && trigger.run_as?.id === me.id
  return { mayManage, mayChange: mayManage && (isMine || managesPeople), isMine }
}
