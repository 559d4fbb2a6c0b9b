import { useEffect, useRef, useState } from "react"
import { failureText } from "../../api/fieldErrors"
import { beginImpact, goOn } from "../api"
import type { PolicyDocument } from "../model/rule"
import type { Impact } from "../types"

export interface Comparing {
  impact: Impact | null
  /** Of which rule it is. */
  of: PolicyDocument | null
  busy: boolean
  failure: string | null
  compare: (document: PolicyDocument, days: number) => void
}

/** What a rule would have changed in the last days: asked for, and followed until it is known. */
export function useImpact(policy: string): Comparing {
  const [state, setState] = useState<Omit<Comparing, "compare">>({
    impact: null,
    of: null,
    busy: false,
    failure: null,
  })
  const asked = useRef(0)
  useEffect(
    () => () => {
      asked.current = -1
    },
    [],
  )
  const compare = async (document: PolicyDocument, days: number) => {
    const mine = ++asked.current
    const show = (shown: Partial<Omit<Comparing, "compare">>) => {
      if (asked.current === mine) setState((before) => ({ ...before, ...shown }))
    }
    show({ busy: true, failure: null, of: document })
    try {
      let impact = await beginImpact(policy, document, days)
      show({ impact })
      while (!impact.finished && asked.current === mine) {
        impact = await goOn(impact.id)
        show({ impact })
      }
    } catch (reason) {
      show({ failure: failureText(reason, "The decisions could not be compared.") })
    }
    show({ busy: false })
  }
  return { ...state, compare: (document, days) => void compare(document, days) }
}
