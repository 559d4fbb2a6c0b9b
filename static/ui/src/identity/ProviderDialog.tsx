import { useState } from "react"
import { failureText, fieldErrors } from "../api/fieldErrors"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, TextInput, Toggle } from "../shared/Field"
import { plural } from "../shared/format"
import { Note } from "../shared/Note"
import { changeProvider, checkIssuer, createProvider, type IssuerFound, type Provider } from "./api"
import { MappingRows } from "./MappingRows"
import { fromMapping, lackIn, toMapping, type Rule } from "./rules"

interface Props {
  /** What is changed; null for a new one. */
  provider: Provider | null
  onSaved: (provider: Provider) => Promise<void>
  onClose: () => void
}

const SCOPES = "openid email profile"

/** By whom people may sign in, and what follows from what it says of them. */
export function ProviderDialog({ provider, onSaved, onClose }: Props) {
  const [texts, setTexts] = useState({
    key: provider?.key ?? "",
    label: provider?.label ?? "",
    issuer: provider?.issuer ?? "",
    client_id: provider?.client_id ?? "",
    client_secret: "",
    scopes: provider?.scopes.join(" ") ?? SCOPES,
  })
  const [rules, setRules] = useState<readonly Rule[]>(() => fromMapping(provider?.mapping ?? []))
  const [creates, setCreates] = useState(provider?.creates_people ?? false)
  const [links, setLinks] = useState(provider?.links_by_email ?? false)
  const [enabled, setEnabled] = useState(provider?.enabled ?? true)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const [found, setFound] = useState<IssuerFound | null>(null)
  const errors = fieldErrors(failure)
  const write = (name: keyof typeof texts) => ({
    value: texts[name],
    onChange: ({ target }: { target: { value: string } }) => setTexts({ ...texts, [name]: target.value }),
  })
  const lacks =
    (!texts.label.trim() && "It needs a name.") ||
    (!provider && !texts.key.trim() && "It needs a key.") ||
    (!texts.issuer.trim() && "The issuer is missing.") ||
    (!texts.client_id.trim() && "The client id is missing.") ||
    lackIn(rules)
  const save = async () => {
    if (busy || lacks) return
    setBusy(true)
    setFailure(null)
    const written = {
      label: texts.label.trim(),
      issuer: texts.issuer.trim(),
      client_id: texts.client_id.trim(),
      client_secret: texts.client_secret || null,
      scopes: texts.scopes.split(/\s+/).filter(Boolean),
      mapping: toMapping(rules),
      creates_people: creates,
      links_by_email: links,
      enabled,
    }
    try {
      await onSaved(
        await (provider
          ? changeProvider(provider.id, { ...written, version: provider.version })
          : createProvider({ ...written, key: texts.key.trim() })),
      )
    } catch (problem) {
      setFailure(problem)
      setBusy(false)
    }
  }
  const check = async () => {
    setFound(null)
    try {
      setFound(await checkIssuer(texts.issuer.trim()))
    } catch (problem) {
      setFailure(problem)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={provider ? `Change “${provider.label}”` : "New identity provider"}
      width={680}
      onSubmit={() => void save()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy} disabledReason={lacks}>
            {provider ? "Save" : "Add provider"}
          </Button>
        </>
      }
    >
      <Field label="Name" required hint="People read it on the sign-in page." error={errors.label}>
        {(control) => <TextInput {...control} data-autofocus maxLength={120} {...write("label")} />}
      </Field>
      {!provider && (
        <Field
          label="Key"
          required
          hint="Small letters, digits and hyphens; for the audit."
          error={errors.key}
        >
          {(control) => <TextInput {...control} mono maxLength={59} {...write("key")} />}
        </Field>
      )}
      <Field
        label="Issuer"
        required
        error={errors.issuer}
        aside={
          <Button
            size="sm"
            disabledReason={!texts.issuer.trim() && "Type it first."}
            onClick={() => void check()}
          >
            Check
          </Button>
        }
      >
        {(control) => (
          <TextInput
            {...control}
            mono
            maxLength={500}
            placeholder="https://id.example.org"
            {...write("issuer")}
          />
        )}
      </Field>
      {found && (
        <div className="dialog-note">
          <Note kind={found.ok ? "ok" : "bad"}>
            {found.ok ? `It answers, with ${plural(found.keys, "public key")}.` : found.problem}
          </Note>
        </div>
      )}
      <Field label="Client id" required error={errors.client_id}>
        {(control) => (
          <TextInput {...control} mono autoComplete="off" maxLength={300} {...write("client_id")} />
        )}
      </Field>
      <Field
        label="Client secret"
        hint={
          provider?.has_secret ? "Empty keeps the one that is there. Nobody can read it." : "Kept sealed."
        }
        error={errors.client_secret}
      >
        {(control) => (
          <TextInput {...control} type="password" autoComplete="off" {...write("client_secret")} />
        )}
      </Field>
      <Field label="Scopes" error={errors.scopes}>
        {(control) => <TextInput {...control} mono {...write("scopes")} />}
      </Field>
      <MappingRows rules={rules} errors={errors} onChange={setRules} />
      <Toggle
        label="Make people who are not known yet"
        hint="They get the roles of their claims, and none besides."
        checked={creates}
        onChange={setCreates}
      />
      <Toggle
        label="Take a verified address for the person who has it"
        hint={
          errors.links_by_email ??
          "The provider can then say who is who. Only who may do everything sets this."
        }
        checked={links}
        onChange={setLinks}
      />
      <Toggle label="People may sign in by it" checked={enabled} onChange={setEnabled} />
      {failure !== null && <Note kind="bad">{failureText(failure, "It could not be saved.")}</Note>}
    </Dialog>
  )
}
