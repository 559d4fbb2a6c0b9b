import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { Note } from "../shared/Note"
import { makeReport, useRefreshCompliance } from "./api"
import { ReportFields } from "./ReportFields"
import { reportOf, type ReportForm } from "./reportForm"
import { useForm } from "./useForm"

interface Props {
  start: ReportForm
  onMade: () => void
  onClose: () => void
}

/** Asks for a report; it is made in the background, and kept. */
export default function ReportDialog({ start, onMade, onClose }: Props) {
  const refresh = useRefreshCompliance()
  const { form, setForm, busy, errors, failure, send } = useForm(start, "The report could not be asked for.")
  const make = () =>
    send(async () => {
      await makeReport(reportOf(form, new Date()))
      await refresh()
      onMade()
    })
  return (
    <Dialog
      open
      onClose={onClose}
      title="New report"
      width={560}
      onSubmit={() => void make()}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" submit busy={busy}>
            Make it
          </Button>
        </>
      }
    >
      <>
        <ReportFields form={form} errors={errors} onChange={setForm} />
      </>
      {failure && (
        <div className="dialog-note">
          <Note kind="bad">{failure}</Note>
        </div>
      )}
    </Dialog>
  )
}
