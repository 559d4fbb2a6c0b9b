import { lazy, Suspense, useState } from "react"
import { useViewer } from "../api/viewing"
import { Button } from "../shared/Button"
import type { Denial } from "./types"

const AskDialog = lazy(() => import("./AskDialog"))

/** “Ask for access”, where something was refused to oneself. */
export default function AskButton({ denial, small = false }: { denial: Denial; small?: boolean }) {
  const [open, setOpen] = useState(false)
  const viewer = useViewer()
  if (viewer) return null // they would ask; one does not ask in their name
  return (
    <>
      <Button size={small ? "sm" : "md"} icon="lock" onClick={() => setOpen(true)}>
        Ask for access
      </Button>
      <Suspense>{open && <AskDialog denial={denial} onClose={() => setOpen(false)} />}</Suspense>
    </>
  )
}
