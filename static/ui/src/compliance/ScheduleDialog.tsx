import { TokensInput } from "../policies/fields/TokensInput"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Field, Toggle } from "../shared/Field"
import { Note } from "../shared/Note"
import { RhythmFields } from "../triggers/RhythmFields"
import { ZoneField } from "../triggers/ZoneField"
import { saveSchedule, useRefreshCompliance } from "./api"
import { ReportFields } from "./ReportFields"
import { scheduleOf, type ScheduleForm } from "./reportForm"
import { useForm } from "./useForm"

interface Props {
  /** The schedule that is changed; null for a new one. */
  id: string | null
  start: ScheduleForm
  onSaved: () => void
  onClose: () => void
}

/** A report that is made again and again, with whom to tell. */
export default function ScheduleDialog({ id, start, onSaved, onClose }: Props) {
  const refresh = useRefreshCompliance()
  const { form, setForm, busy, errors, failure, send } = useForm(start, "The schedule could not be saved.")
  const set = (change: Partial<ScheduleForm>) => setForm({ ...form, ...change })
  const save = () =>
    send(async () => {
      await saveSchedule(id, scheduleOf(form))
      await refresh()
      onSaved()
    })
  return (
    <Dialog
      open
      onClose={onClose}
      title={id ? "Change the schedule" : "Reports on a schedule"}
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
      <>
        <ReportFields form={form} errors={errors} onChange={setForm} />
        <RhythmFields
          cron={form.cron}
          error={errors.cron}
          readOnly={false}
          onChange={(cron) => set({ cron })}
        />
        <ZoneField zone={form.zone} error={errors.zone} readOnly={false} onChange={(zone) => set({ zone })} />
        <Field
          label="Who is told"
          hint="E-mail addresses. They get a link; to read it they sign in."
          error={
            errors.recipients ?? Object.entries(errors).find(([key]) => key.startsWith("recipients"))?.[1]
          }
        >
          {(control) => (
            <TokensInput
              {...control}
              label="Who is told"
              placeholder="name@example.com"
              values={form.recipients}
              options={[]}
              onChange={(recipients) => set({ recipients })}
            />
          )}
        </Field>
        <Toggle label="On" checked={form.enabled} onChange={(enabled) => set({ enabled })} />
      </>
      {failure && (
        <div className="dialog-note">
          <Note kind="bad">{failure}</Note>
        </div>
      )}
    </Dialog>
  )
}
