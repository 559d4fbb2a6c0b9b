import { useState } from "react"
import { failureText, fieldErrors, type FieldErrors } from "../api/fieldErrors"
import { ApiProblem } from "../api/problem"
import { Button, IconButton } from "../shared/Button"
import { ConfirmDialog } from "../shared/ConfirmDialog"
import { LineField } from "../shared/fields/LineField"
import { SelectField } from "../shared/fields/SelectField"
import { Note } from "../shared/Note"
import { toast } from "../shared/toast"
import { changeMask, createMask, deleteMask, useRefreshMasks, useRefreshWithout } from "./api"
import { documentOf, lackOf, type RuleForm } from "./form"
import { KindPicker } from "./KindPicker"
import { OptionFields } from "./OptionFields"
import type { Mask, MaskStatus, Reach } from "./types"
import { WhoSees } from "./WhoSees"

interface Props {
  /** What is changed; null for a new rule. */
  mask: Mask | null
  form: RuleForm
  onForm: (form: RuleForm) => void
  isChanged: boolean
  /** What the server says of the rule as it stands, by its fields. */
  errors: FieldErrors
  reach: Reach | undefined
  onSaved: (mask: Mask | null) => void
  onReload: () => void
}

const STATUSES: readonly { value: MaskStatus; label: string }[] = [
  { value: "active", label: "Active" },
  { value: "draft", label: "Draft" },
  { value: "disabled", label: "Disabled" },
]

const ABOUT = [
  { value: "*", label: "Steps and datasets" },
  { value: "node", label: "Steps" },
  { value: "dataset", label: "Datasets" },
] as const

/** One rule: which field, how it is masked, and who sees the value all the same. */
export function RuleEditor({ mask, form, onForm, isChanged, errors: live, reach, onSaved, onReload }: Props) {
  const refresh = useRefreshMasks()
  const refreshWithout = useRefreshWithout()
  const [busy, setBusy] = useState(false)
  const [deleting, setDeleting] = useState(false)
  const [failure, setFailure] = useState<unknown>(null)
  const readOnly = mask !== null && !mask.can.includes("policy.manage")
  const errors = { ...live, ...fieldErrors(failure) }
  const condition = Object.entries(errors).find(([field]) => field.startsWith("condition"))?.[1]
  const lack = lackOf(form)
  const meanwhile = failure instanceof ApiProblem && failure.code === "revision_changed"
  const edit = (change: Partial<RuleForm>) => {
    setFailure(null)
    onForm({ ...form, ...change })
  }
  const save = async () => {
    if (busy || lack) return
    setBusy(true)
    setFailure(null)
    try {
      const rule = { ...documentOf(form), status: form.status }
      const saved = await (mask ? changeMask(mask.id, mask.revision, rule) : createMask(rule))
      await refresh()
      toast(
        saved.status === "active" ? "Saved. It holds at once, everywhere." : "Saved. It masks nothing yet.",
        {
          icon: "eyeoff",
        },
      )
      onSaved(saved)
    } catch (problem) {
      setFailure(problem)
      if (problem instanceof ApiProblem && problem.status === 409) await refresh()
    } finally {
      setBusy(false)
    }
  }
  const known = ["field", "mask_type", "label", "key"].some((field) => field in errors) || condition
  return (
    <>
      <div className="mask-head">
        <div className="grow">
          <h1 className="cut">{form.label.trim() || mask?.key || "New rule"}</h1>
          <p className="sm muted">Of several rules for one field the strictest counts.</p>
        </div>
        {mask && !readOnly && (
          <IconButton
            label="Delete this rule"
            icon="trash"
            variant="ghost"
            onClick={() => setDeleting(true)}
          />
        )}
        {!readOnly && (
          <Button
            variant="primary"
            busy={busy}
            disabledReason={lack ?? (!isChanged && "Nothing is changed.")}
            onClick={() => void save()}
          >
            {form.status === "draft" ? "Save draft" : "Save"}
          </Button>
        )}
      </div>
      <form
        className="mask-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (isChanged) void save()
        }}
      >
        {meanwhile && (
          <Note kind="warn">
            Somebody changed this rule meanwhile. Yours was not saved.
            <div className="row g2">
              <Button
                size="sm"
                onClick={() => {
                  setFailure(null)
                  onReload()
                }}
              >
                Load theirs
              </Button>
            </div>
          </Note>
        )}
        {failure !== null && !meanwhile && !known && (
          <Note kind="bad">{failureText(failure, "The rule could not be saved.")}</Note>
        )}
        <div className="mask-pair">
          <LineField
            label="Name"
            placeholder="National identifiers"
            maxLength={200}
            value={form.label}
            readOnly={readOnly}
            error={errors.label ?? errors.key}
            onChange={(label) => edit({ label })}
          />
          <SelectField
            label="Status"
            choices={STATUSES}
            value={form.status}
            readOnly={readOnly}
            onChange={(status) => edit({ status })}
          />
          <LineField
            label="Field"
            mono
            required
            placeholder="ssn"
            hint="A name wherever it stands, or a path: customers[*].ssn, **.iban"
            value={form.field}
            readOnly={readOnly}
            error={errors.field}
            onChange={(field) => edit({ field })}
          />
          <SelectField
            label="In the data of"
            choices={ABOUT}
            value={form.resourceType as (typeof ABOUT)[number]["value"]}
            readOnly={readOnly}
            onChange={(resourceType) => edit({ resourceType })}
          />
        </div>
        <KindPicker value={form.type} readOnly={readOnly} onChange={(type) => edit({ type })} />
        <OptionFields
          form={form}
          readOnly={readOnly}
          error={errors.mask_type ?? errors.options}
          checked={reach !== undefined}
          onChange={edit}
        />
        <WhoSees
          form={form}
          readOnly={readOnly}
          error={condition}
          errors={errors}
          reach={reach}
          onChange={edit}
        />
        <Note icon="eye">
          <b className="med">Reveal.</b> Who has <code>data.reveal</code> on a step can have its masked values
          shown, for a reason and at most an hour. Each reveal is in the audit.
        </Note>
      </form>
      {deleting && mask && (
        <ConfirmDialog
          title={`Delete “${mask.label || mask.key}”`}
          action="Delete"
          onConfirm={async () => {
            await deleteMask(mask.id)
            await refreshWithout()
            onSaved(null)
          }}
          onClose={() => setDeleting(false)}
        >
          What it masked is shown from the next request on, to whoever may see the data.
        </ConfirmDialog>
      )}
    </>
  )
}
