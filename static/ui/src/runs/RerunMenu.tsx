import { useLocation } from "wouter"
import { useCan } from "../api/me"
import type { NodeDocument, RerunMode, RunDetail } from "../api/types"
import { useViewer } from "../api/viewing"
import { IconButton } from "../shared/Button"
import { Menu } from "../shared/Menu"
import { isTerminal } from "../shared/status"
import { toast } from "../shared/toast"
import { rerun } from "./controlApi"
import type { LiveRun } from "./LiveRun"
import { useLive } from "./useLiveRun"
import type { RunView } from "./useRunView"

interface Props {
  run: RunDetail
  live: LiveRun
  node: NodeDocument
  view: RunView
}

/** Does a part of the run again, from or to this node, with the results that it leaves alone taken over. */
export function RerunMenu({ run, live, node, view }: Props) {
  const again = useRerun(run)
  const mayRun = useCan("workflow.run")
  const over = useLive(live, (now) => isTerminal(now.run.status))
  const mayRead = useLive(live, (now) => now.mayReadData)
  const viewer = useViewer()
  if (!mayRun || !mayRead || viewer) return null
  const inside = view.base !== "" || Boolean(node.parent)
  const reason = inside
    ? "It lies inside another step: choose that one"
    : !over && "The run goes on: wait for its end or cancel it"
  const entry = (label: string, icon: "play" | "arrow" | "retry", mode: RerunMode) => ({
    label,
    icon,
    disabledReason: reason,
    onSelect: () => void again(mode, node.id),
  })
  return (
    <Menu
      items={[
        entry("Run from here", "arrow", "from_node"),
        entry("Run to here", "play", "to_node"),
        entry("Run only this node", "retry", "single"),
      ]}
    >
      <IconButton label="Run a part again" icon="retry" size="sm" variant="ghost" iconSize={14} />
    </Menu>
  )
}

/** Starts a run that takes over results of this one, and goes to it. */
export function useRerun(run: RunDetail) {
  const [, navigate] = useLocation()
  return async (mode: RerunMode, node?: string) => {
    try {
      const started = await rerun(run.id, { mode, node })
      navigate(`/runs/${started.id}`)
    } catch (error) {
      toast(error instanceof Error ? error.message : "It did not start.", { icon: "warn" })
    }
  }
}
