import { useState } from "react"
import { ApiProblem } from "../api/problem"
import { Button } from "../shared/Button"
import { Field, TextInput } from "../shared/Field"
import { Note } from "../shared/Note"
import { toast } from "../shared/toast"
import { changePassword } from "./api"
import { passwordProblem } from "./scopes"

const EMPTY = { current: "", next: "", again: "" }

/** Changes the password; the other sessions of this person end with it. */
export function PasswordCard({ email }: { email: string }) {
  const [values, setValues] = useState(EMPTY)
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const problem = error instanceof ApiProblem ? error : null
  const errorAt = (field: string) => problem?.errors.find((item) => item.field === field)?.message
  const submit = async () => {
    const wrong = passwordProblem(values.next, values.again)
    if (wrong) return setError(new Error(wrong))
    setBusy(true)
    setError(null)
    try {
      await changePassword(values.current, values.next)
      setValues(EMPTY)
      toast("The password is changed.")
    } catch (reason) {
      setError(reason)
    } finally {
      setBusy(false)
    }
  }
  const atField = errorAt("current_password") ?? errorAt("new_password")
  return (
    <section className="card" aria-labelledby="password-title">
      <header>
        <h2 id="password-title">Password</h2>
      </header>
      <form
        className="body form"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <input type="text" name="username" value={email} autoComplete="username" hidden readOnly />
        <PasswordField
          label="Current password"
          autoComplete="current-password"
          value={values.current}
          error={errorAt("current_password")}
          onChange={(current) => setValues({ ...values, current })}
        />
        <PasswordField
          label="New password"
          autoComplete="new-password"
          value={values.next}
          error={errorAt("new_password")}
          onChange={(next) => setValues({ ...values, next })}
        />
        <PasswordField
          label="New password again"
          autoComplete="new-password"
          value={values.again}
          onChange={(again) => setValues({ ...values, again })}
        />
        {error !== null && !atField && (
          <Note kind="bad">
            {error instanceof Error ? error.message : "The password could not be changed."}
          </Note>
        )}
        <Button
          submit
          busy={busy}
          disabledReason={(!values.current || !values.next) && "Fill in the current and the new password."}
        >
          Change password
        </Button>
      </form>
    </section>
  )
}

interface PasswordFieldProps {
  label: string
  autoComplete: string
  value: string
  error?: string
  onChange: (value: string) => void
}

function PasswordField({ label, autoComplete, value, error, onChange }: PasswordFieldProps) {
  return (
    <Field label={label} error={error}>
      {(control) => (
        <TextInput
          {...control}
          type="password"
          autoComplete={autoComplete}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
