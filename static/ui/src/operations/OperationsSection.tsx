import { lazy, Suspense, useState } from "react"
import type { Workflow } from "../api/types"
import { Section } from "../inspector/Section"
import { Button } from "../shared/Button"
import { bytes, plural } from "../shared/format"
import { useStorage } from "./api"

const OperationsDialog = lazy(() => import("./OperationsDialog"))

/** In the panel of the workflow: what its runs take up, and the way to its limits. */
export default function OperationsSection({ workflow }: { workflow: Workflow }) {
  const [open, setOpen] = useState(false)
  const { data } = useStorage(workflow.id)
  return (
    <Section
      title="Storage and limits"
      end={
        <Button size="sm" icon="db" onClick={() => setOpen(true)}>
          Open
        </Button>
      }
    >
      <p className="xs subtle">
        {data && data.runs > 0
          ? `${bytes(data.bytes.total)} in ${plural(data.runs, "run")}.`
          : "How many runs go at once, how long they are kept."}
      </p>
      <Suspense>
        {open && (
          <OperationsDialog
            workflow={workflow}
            editable={workflow.can.includes("workflow.edit")}
            onClose={() => setOpen(false)}
          />
        )}
      </Suspense>
    </Section>
  )
}
