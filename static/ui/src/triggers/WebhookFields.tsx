import type { FieldErrors } from "../api/fieldErrors"
import { Toggle } from "../shared/Field"
import { CountField } from "../shared/fields/CountField"
import { LineField } from "../shared/fields/LineField"
import { SelectField } from "../shared/fields/SelectField"
import { ToggleGroup } from "../shared/fields/ToggleGroup"
import { AnswerFields } from "./AnswerFields"
import { SignatureFields } from "./SignatureFields"
import type { Method, WebhookConfig } from "./types"

interface Props {
  config: WebhookConfig
  errors: FieldErrors
  readOnly: boolean
  onChange: (config: WebhookConfig) => void
}

const METHODS = (["GET", "POST", "PUT", "PATCH", "DELETE"] satisfies Method[]).map((method) => ({
  value: method,
  label: method,
}))

const BODIES = [
  { value: "json", label: "JSON" },
  { value: "text", label: "Text" },
  { value: "form", label: "Form fields" },
] as const

const KIB = 1024

/** What a call has to look like, and how it is answered. */
export function WebhookFields({ config, errors, readOnly, onChange }: Props) {
  const set = (change: Partial<WebhookConfig>) => onChange({ ...config, ...change })
  return (
    <>
      <ToggleGroup<Method>
        label="Methods"
        options={METHODS}
        chosen={config.methods}
        error={errors["config.methods"]}
        readOnly={readOnly}
        onChange={(methods) => set({ methods })}
      />
      <div className="two-fields">
        <SelectField
          label="Body"
          choices={BODIES}
          value={config.body}
          error={errors["config.body"]}
          readOnly={readOnly}
          onChange={(body) => set({ body })}
        />
        <CountField
          label="At most, KiB"
          least={1}
          value={Math.round(config.max_body / KIB)}
          error={errors["config.max_body"]}
          readOnly={readOnly}
          onChange={(kib) => set({ max_body: kib * KIB })}
        />
      </div>
      <CountField
        label="Calls a minute, at most"
        hint="More are answered with 429 and when to try again."
        least={1}
        value={config.max_per_minute}
        error={errors["config.max_per_minute"]}
        readOnly={readOnly}
        onChange={(max_per_minute) => set({ max_per_minute })}
      />
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
          <LineField
            label="Header with the id"
            mono
            value={header}
            error={error}
            readOnly={readOnly}
            onChange={onChange}
          />
        </fieldset>
      )}
    </>
  )
}
