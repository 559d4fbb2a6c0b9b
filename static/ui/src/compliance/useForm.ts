import { useState } from "react"
import { failureText, fieldErrors, NO_ERRORS } from "../api/fieldErrors"

/** A form that is sent once at a time, and what the server said against it. */
export function useForm<F>(start: F, otherwise: string) {
  const [form, setForm] = useState(start)
  const [busy, setBusy] = useState(false)
  const [errors, setErrors] = useState(NO_ERRORS)
  const [failure, setFailure] = useState<string | null>(null)
  const send = async (act: () => Promise<void>) => {
    if (busy) return
    setBusy(true)
    setErrors(NO_ERRORS)
    setFailure(null)
    try {
      await act()
    } catch (refusal) {
      setErrors(fieldErrors(refusal))
      setFailure(failureText(refusal, otherwise))
      setBusy(false)
    }
  }
  return { form, setForm, busy, errors, failure, send }
}
