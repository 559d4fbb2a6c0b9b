import { useContext } from "react"
import { useMe } from "../api/me"
import { useViewer } from "../api/viewing"
import { Button } from "../shared/Button"
import { LookingContext } from "./context"

/** For who may see policies; `before` is done first, such as saving. */
export function ViewAsButton({ before }: { before?: () => Promise<unknown> }) {
  const looking = useContext(LookingContext)
  const viewer = useViewer()
  const may = useMe()?.permissions.includes("policy.view") ?? false
  if (!looking || !may || viewer) return null
  const choose = () => void (before?.() ?? Promise.resolve()).then(looking.choose, () => undefined)
  return (
    <Button variant="ghost" icon="eye" onClick={choose}>
      View as…
    </Button>
  )
}
