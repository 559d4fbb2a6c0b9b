import { useMemo, useState } from "react"
import { failureText, fieldErrors, NO_ERRORS } from "../api/fieldErrors"
import { useNodeTypes } from "../api/nodeTypes"
import { withKey } from "../inspector/FieldView"
import { plainContext } from "../inspector/FormContext"
import "../inspector/Inspector.css"
import type { FieldProblem } from "../inspector/schema"
import { SchemaForm } from "../inspector/SchemaForm"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Note } from "../shared/Note"
import { SkeletonRows } from "../shared/Skeleton"
import { toast } from "../shared/toast"
import { setRotation, useRefreshCredentials } from "./api"
import { settingsSchema } from "./rotation"
import type { Credential, RotationPolicy } from "./types"

interface Props {
  credential: Credential
  policy: RotationPolicy | null
  onClose: () => void
}

type Settings = Record<string, unknown>

const NEW: Settings = { rotator: { kind: "generated" }, rotation_policy: "on_demand" }

/** How a credential is renewed from now on: the settings that a step has, too. */
export default function RotationDialog({ credential, policy, onClose }: Props) {
  const schema = useNodeTypes().get("RotatingCredentialNode")?.parameters_schema
  const [settings, setSettings] = useState<Settings>(() => (policy ? stated(policy.settings) : NEW))
  const hasPlace = settings.rotator !== undefined
  const form = useMemo(() => schema && settingsSchema(schema, hasPlace), [schema, hasPlace])
  const [errors, setErrors] = useState(NO_ERRORS)
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const refresh = useRefreshCredentials()
  const context = useMemo(() => plainContext(problemsOf(errors), false), [errors])
  const save = async () => {
    setBusy(true)
    setErrors(NO_ERRORS)
    setFailure(null)
    try {
      await setRotation(credential.id, settings)
      toast(`How “${credential.name}” is renewed is kept.`, { icon: "key" })
      onClose()
      await refresh()
    } catch (refusal) {
      setErrors(fieldErrors(refusal))
      setFailure(failureText(refusal, "The settings could not be saved."))
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Rotation of “${credential.name}”`}
      width={560}
      onSubmit={() => void save()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy}>
            Save
          </Button>
        </>
      }
    >
      {form ? (
        <div className="form">
          <SchemaForm
            schema={form}
            root={form}
            value={settings}
            context={context}
            onChange={(key, value) => setSettings((before) => withKey(before, key, value))}
          />
        </div>
      ) : (
        <SkeletonRows rows={5} height={28} />
      )}
      {failure && (
        <div className="dialog-note">
          <Note kind="bad">{failure}</Note>
        </div>
      )}
    </Dialog>
  )
}

/** What is empty is left out, as in a form that nobody has filled in. */
const stated = (settings: Readonly<Settings>): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null && value !== ""))

function problemsOf(errors: Readonly<Record<string, string>>): Map<string, FieldProblem[]> {
  return new Map(
    Object.entries(errors).map(([path, message]) => [
      path.replace(/^settings\.?/, ""),
      [{ message, severity: "error" as const }],
    ]),
  )
}
