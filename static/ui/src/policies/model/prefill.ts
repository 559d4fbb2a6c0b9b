/** The simulator's question as an address of the page says it: `?simulate={"user": …}`. Pure. */
import type { Asked } from "../types"
import { NO_QUESTION, questionOf, type Question } from "./question"

type Given = Partial<Asked> & {
  user?: string
  user_label?: string
  resource_type?: string
  resource_id?: string
  resource_label?: string
}

/** What cannot be read is left out. */
export function questionFrom(search: string): Question {
  const text = new URLSearchParams(search).get("simulate")
  if (!text) return NO_QUESTION
  try {
    const given = JSON.parse(text) as Given
    const { subject = {}, action = "", resource = null, env = {} } = given
    const stated = questionOf({ subject, action, resource, env })
    return {
      ...stated,
      ...(given.user
        ? { who: { kind: "person", id: given.user, label: given.user_label ?? given.user } }
        : {}),
      ...(given.resource_id && given.resource_type
        ? {
            what: {
              kind: "thing",
              type: given.resource_type,
              id: given.resource_id,
              label: given.resource_label ?? given.resource_id,
            },
          }
        : {}),
    }
  } catch {
    return NO_QUESTION
  }
}
