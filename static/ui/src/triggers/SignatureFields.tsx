import { lazy, Suspense } from "react"
import type { FieldErrors } from "../api/fieldErrors"
import { Toggle } from "../shared/Field"
import { CountField } from "../shared/fields/CountField"
import { LineField } from "../shared/fields/LineField"
import { SelectField } from "../shared/fields/SelectField"
import type { Signature } from "./types"
import { newSignature, SCHEME_HEADERS } from "./words"

const CredentialSelect = lazy(() => import("../credentials/CredentialSelect"))

interface Props {
  signature: Signature | null
  errors: FieldErrors
  readOnly: boolean
  onChange: (signature: Signature | null) => void
}

const SCHEMES = [
  { value: "lockgate", label: "Time and HMAC-SHA256 (t=…,v1=…)" },
  { value: "github", label: "HMAC-SHA256 of the body (sha256=…), as GitHub" },
  { value: "stripe", label: "Time and HMAC-SHA256, as Stripe" },
] as const

/** Whether calls must prove that they come from who knows the secret, and how they do. */
export function SignatureFields({ signature, errors, readOnly, onChange }: Props) {
  return (
    <>
      <Toggle
        label="Only signed calls"
        checked={signature !== null}
        disabled={readOnly}
        hint="A call without a right signature is refused with 401."
        onChange={(on) => onChange(on ? newSignature("") : null)}
      />
      {signature && <Proof signature={signature} errors={errors} readOnly={readOnly} onChange={onChange} />}
    </>
  )
}

function Proof({ signature, errors, readOnly, onChange }: Props & { signature: Signature }) {
  const set = (change: Partial<Signature>) => onChange({ ...signature, ...change })
  return (
    <fieldset className="sub">
      <legend className="sr">Signature</legend>
      <Suspense>
        <CredentialSelect
          label="Secret"
          required
          use="signature"
          value={signature.credential}
          error={errors["config.signature.credential"]}
          readOnly={readOnly}
          onChange={(credential) => set({ credential: credential ?? "" })}
        />
      </Suspense>
      <SelectField
        label="Form of the signature"
        choices={SCHEMES}
        value={signature.scheme}
        error={errors["config.signature.scheme"]}
        readOnly={readOnly}
        onChange={(scheme) => onChange(newSignature(signature.credential, scheme))}
      />
      <LineField
        label="Header"
        mono
        placeholder={SCHEME_HEADERS[signature.scheme]}
        value={signature.header ?? ""}
        error={errors["config.signature.header"]}
        readOnly={readOnly}
        onChange={(header) => set({ header: header || null })}
      />
      {signature.scheme !== "github" && (
        <CountField
          label="Good for, seconds"
          hint="An older signature is refused, so that nobody can send a caught call again."
          least={1}
          value={signature.tolerance_s}
          error={errors["config.signature.tolerance_s"]}
          readOnly={readOnly}
          onChange={(tolerance_s) => set({ tolerance_s })}
        />
      )}
    </fieldset>
  )
}
