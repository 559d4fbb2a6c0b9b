import { lazy, Suspense, useState } from "react"
import { Button } from "../shared/Button"
import type { Denial } from "./types"

const AskDialog = lazy(() => import("./AskDialog"))

/** “Ask for access”, where something was refused. */
export default function AskButton({ denial, small = false }: { denial: Denial; small?: boolean }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button size={small ? "sm" : "md"} icon="lock" onClick={() => setOpen(true)}>
        Ask for access
      </Button>
      <Suspense>{open && <AskDialog denial={denial} onClose={() => setOpen(false)} />}</Suspense>
    </>
  )
}
