import { useState } from "react"
import { useCan } from "../api/me"
import { Section } from "../inspector/Section"
import { Button } from "../shared/Button"
import { plural } from "../shared/format"
import { useNotices } from "./api"
import NoticesDialog from "./NoticesDialog"

/** In the panel of the workflow: who is told about its runs. */
export default function NoticesSection({ workflow }: { workflow: { id: string; name: string } }) {
  const mayManage = useCan("notification.manage")
  const notices = useNotices(workflow.id).data?.notices
  const [open, setOpen] = useState(false)
  return (
    <Section
      title="Notices"
      end={
        <Button size="sm" icon="bell" onClick={() => setOpen(true)}>
          {mayManage ? "Set up notices" : "See notices"}
        </Button>
      }
    >
      <p className="xs subtle">
        {notices === undefined
          ? "…"
          : notices.length
            ? `${plural(notices.length, "notice")} about its runs.`
            : "Nobody is told about its runs."}
      </p>
      {open && <NoticesDialog workflow={workflow} onClose={() => setOpen(false)} />}
    </Section>
  )
}
