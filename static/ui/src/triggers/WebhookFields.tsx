import { lazy, Suspense, useState } from "react"
import type { FieldErrors } from "../api/fieldErrors"
import { Field, SelectInput, TextInput, Toggle } from "../shared/Field"
import type { Awaited, Method, Signature, SignatureScheme, WebhookConfig } from "./types"
import { newSignature, SCHEME_HEADERS } from "./words"

const CredentialSelect = lazy(() => import("../credentials/CredentialSelect"))

interface Props {
  config: WebhookConfig
  errors: FieldErrors
  readOnly: boolean
  onChange: (config: WebhookConfig) => void
}

const METHODS: readonly Method[] = ["GET", "POST", "PUT", "PATCH", "DELETE"]

const BODIES = [
  { value: "json", label: "JSON" },
  { value: "text", label: "Text" },
  { value: "form", label: "Form fields" },
]

const SCHEMES = [
  { value: "lockgate", label: "Time and HMAC-SHA256 (t=…,v1=…)" },
  { value: "github", label: "HMAC-SHA256 of the body (sha256=…), as GitHub" },
  { value: "stripe", label: "Time and HMAC-SHA256, as Stripe" },
]

const ANSWERS = [
  { value: "accepted", label: "At once, with the run's number (202)" },
  { value: "wait", label: "When the run has ended, with its result" },
]

const KIB = 1024
const WAIT: Awaited = { wait_s: 30, node: null, output: null }

/** What a call has to look like, and how it is answered. */
export function WebhookFields({ config, errors, readOnly, onChange }: Props) {
  const set = (change: Partial<WebhookConfig>) => onChange({ ...config, ...change })
  const toggle = (method: Method) => {
    const next = METHODS.filter((item) => (item === method) !== config.methods.includes(item))
    if (next.length) set({ methods: next })
  }
  return (
    <>
      <div className="field">
        <span className="lab" id="webhook-methods">
          Methods
        </span>
        <div className="week-days" role="group" aria-labelledby="webhook-methods">
          {METHODS.map((method) => (
            <button
              key={method}
              type="button"
              className={config.methods.includes(method) ? "btn sm is-on" : "btn sm"}
              aria-pressed={config.methods.includes(method)}
              aria-disabled={readOnly || undefined}
              onClick={() => !readOnly && toggle(method)}
            >
              {method}
            </button>
          ))}
        </div>
        {errors["config.methods"] && <span className="err">{errors["config.methods"]}</span>}
      </div>
      <div className="two-fields">
        <Field label="Body" error={errors["config.body"]}>
          {(control) => (
            <SelectInput
              {...control}
              disabled={readOnly}
              choices={BODIES}
              value={config.body}
              onChange={({ target }) => set({ body: target.value as WebhookConfig["body"] })}
            />
          )}
        </Field>
        <Field label="At most, KiB" error={errors["config.max_body"]}>
          {(control) => (
            <TextInput
              {...control}
              type="number"
              min={1}
              readOnly={readOnly}
              value={Math.round(config.max_body / KIB)}
              onChange={({ target }) => set({ max_body: (target.valueAsNumber || 1) * KIB })}
            />
          )}
        </Field>
      </div>
      <Field
        label="Calls a minute, at most"
        hint="More are answered with 429 and when to try again."
        error={errors["config.max_per_minute"]}
      >
        {(control) => (
          <TextInput
            {...control}
            type="number"
            min={1}
            readOnly={readOnly}
            value={config.max_per_minute}
            onChange={({ target }) => set({ max_per_minute: target.valueAsNumber || 1 })}
          />
        )}
      </Field>
      <SignatureFields
        signature={config.signature}
        errors={errors}
        readOnly={readOnly}
        onChange={(signature) => set({ signature })}
      />
      <DedupeFields
        header={config.dedupe}
        error={errors["config.dedupe"]}
        readOnly={readOnly}
        onChange={(dedupe) => set({ dedupe })}
      />
      <AnswerFields
        respond={config.respond}
        errors={errors}
        readOnly={readOnly}
        onChange={(respond) => set({ respond })}
      />
    </>
  )
}

interface SignatureProps {
  signature: Signature | null
  errors: FieldErrors
  readOnly: boolean
  onChange: (signature: Signature | null) => void
}

function SignatureFields({ signature, errors, readOnly, onChange }: SignatureProps) {
  return (
    <>
      <Toggle
        label="Only signed calls"
        checked={signature !== null}
        disabled={readOnly}
        hint="A call without a right signature is refused with 401."
        onChange={(on) => onChange(on ? newSignature("") : null)}
      />
      {signature && (
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
              onChange={(credential) => onChange({ ...signature, credential: credential ?? "" })}
            />
          </Suspense>
          <Field label="Form of the signature" error={errors["config.signature.scheme"]}>
            {(control) => (
              <SelectInput
                {...control}
                disabled={readOnly}
                choices={SCHEMES}
                value={signature.scheme}
                onChange={({ target }) =>
                  onChange(newSignature(signature.credential, target.value as SignatureScheme))
                }
              />
            )}
          </Field>
          <Field label="Header" error={errors["config.signature.header"]}>
            {(control) => (
              <TextInput
                {...control}
                mono
                readOnly={readOnly}
                spellCheck={false}
                placeholder={SCHEME_HEADERS[signature.scheme]}
                value={signature.header ?? ""}
                onChange={({ target }) => onChange({ ...signature, header: target.value || null })}
              />
            )}
          </Field>
          {signature.scheme !== "github" && (
            <Field
              label="Good for, seconds"
              hint="An older signature is refused, so that nobody can send a caught call again."
              error={errors["config.signature.tolerance_s"]}
            >
              {(control) => (
                <TextInput
                  {...control}
                  type="number"
                  min={1}
                  readOnly={readOnly}
                  value={signature.tolerance_s}
                  onChange={({ target }) =>
                    onChange({ ...signature, tolerance_s: target.valueAsNumber || 1 })
                  }
                />
              )}
            </Field>
          )}
        </fieldset>
      )}
    </>
  )
}

interface DedupeProps {
  header: string | null
  error: string | undefined
  readOnly: boolean
  onChange: (header: string | null) => void
}

function DedupeFields({ header, error, readOnly, onChange }: DedupeProps) {
  return (
    <>
      <Toggle
        label="Once for each delivery"
        checked={header !== null}
        disabled={readOnly}
        hint="A call sent again with the same id gets the same answer and starts no second run."
        onChange={(on) => onChange(on ? "Idempotency-Key" : null)}
      />
      {header !== null && (
        <fieldset className="sub">
          <legend className="sr">Delivery id</legend>
          <Field label="Header with the id" error={error}>
            {(control) => (
              <TextInput
                {...control}
                mono
                readOnly={readOnly}
                spellCheck={false}
                value={header}
                onChange={({ target }) => onChange(target.value)}
              />
            )}
          </Field>
        </fieldset>
      )}
    </>
  )
}

interface AnswerProps {
  respond: WebhookConfig["respond"]
  errors: FieldErrors
  readOnly: boolean
  onChange: (respond: WebhookConfig["respond"]) => void
}

function AnswerFields({ respond, errors, readOnly, onChange }: AnswerProps) {
  const [kept, setKept] = useState<Awaited>(respond === "accepted" ? WAIT : respond)
  const set = (change: Partial<Awaited>) => {
    const next = { ...kept, ...change }
    setKept(next)
    onChange(next)
  }
  return (
    <>
      <Field label="Answers" error={errors["config.respond"]}>
        {(control) => (
          <SelectInput
            {...control}
            disabled={readOnly}
            choices={ANSWERS}
            value={respond === "accepted" ? "accepted" : "wait"}
            onChange={({ target }) => onChange(target.value === "accepted" ? "accepted" : kept)}
          />
        )}
      </Field>
      {respond !== "accepted" && (
        <fieldset className="sub">
          <legend className="sr">The answer that waits</legend>
          <Field
            label="Waits at most, seconds"
            hint="A run that takes longer goes on; the caller is told its number."
            error={errors["config.respond.wait_s"]}
          >
            {(control) => (
              <TextInput
                {...control}
                type="number"
                min={1}
                max={60}
                readOnly={readOnly}
                value={respond.wait_s}
                onChange={({ target }) => set({ wait_s: target.valueAsNumber || 1 })}
              />
            )}
          </Field>
          <div className="two-fields">
            <Field label="Step" hint="Empty: all last steps." error={errors["config.respond.node"]}>
              {(control) => (
                <TextInput
                  {...control}
                  mono
                  readOnly={readOnly}
                  spellCheck={false}
                  value={respond.node ?? ""}
                  onChange={({ target }) => set({ node: target.value || null })}
                />
              )}
            </Field>
            <Field label="Part of its result" hint="As result.data" error={errors["config.respond.output"]}>
              {(control) => (
                <TextInput
                  {...control}
                  mono
                  readOnly={readOnly}
                  spellCheck={false}
                  value={respond.output ?? ""}
                  onChange={({ target }) => set({ output: target.value || null })}
                />
              )}
            </Field>
          </div>
        </fieldset>
      )}
    </>
  )
}
