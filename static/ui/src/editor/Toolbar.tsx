import { useStore } from "@xyflow/react"
import { useState, type RefObject } from "react"
import { Link } from "wouter"
import { useCan } from "../api/me"
import { useViewer } from "../api/viewing"
import type { CanvasHandle } from "../canvas/LodFlow"
import { IconButton, Button } from "../shared/Button"
import { isTerminal, type RunStatus } from "../shared/status"
import { StateMark } from "../shared/StateMark"
import { toast } from "../shared/toast"
import { pauseRun, resumeRun } from "../runs/controlApi"
import { cancelRun } from "./api"
import { redo, undo } from "./intents"
import { useEditor, useSession, useShownRun, useUi } from "./SessionContext"

interface Props {
  canvas: RefObject<CanvasHandle | null>
  onTidy: () => void
}

/** What one does with the canvas. */
export function Toolbar({ canvas, onTidy }: Props) {
  const session = useSession()
  const { editable } = session
  const tool = useUi((ui) => ui.tool)
  const outline = useUi((ui) => ui.outlineOpen)
  const drawer = useUi((ui) => ui.drawerOpen)
  const python = useUi((ui) => ui.pythonOpen)
  const labels = useEditor((state) => state.labels)
  const few = useEditor((state) => state.graph.nodes.length < 2)
  return (
    <div className="toolbar" role="toolbar" aria-label="Canvas tools">
      <IconButton
        variant="ghost"
        size="sm"
        icon="cursor"
        label="Select"
        keys="V"
        on={tool === "select"}
        onClick={() => session.ui.setState({ tool: "select" })}
      />
      <IconButton
        variant="ghost"
        size="sm"
        icon="hand"
        label="Pan"
        keys="H"
        on={tool === "pan"}
        onClick={() => session.ui.setState({ tool: "pan" })}
      />
      {editable && (
        <>
          <i className="sep" />
          <IconButton
            variant="ghost"
            size="sm"
            icon="undo"
            label={labels.undo ? `Undo: ${labels.undo}` : "Undo"}
            keys="Ctrl Z"
            disabledReason={!labels.undo && "nothing to undo"}
            onClick={() => undo(session)}
          />
          <IconButton
            variant="ghost"
            size="sm"
            icon="redo"
            label={labels.redo ? `Redo: ${labels.redo}` : "Redo"}
            keys="Ctrl Shift Z"
            disabledReason={!labels.redo && "nothing to redo"}
            onClick={() => redo(session)}
          />
          <i className="sep" />
          <Button
            variant="ghost"
            size="sm"
            icon="layout"
            disabledReason={few && "There is nothing to arrange yet."}
            onClick={onTidy}
          >
            Tidy
          </Button>
        </>
      )}
      <IconButton
        variant="ghost"
        size="sm"
        icon="table"
        label="Outline"
        keys="O"
        on={outline}
        onClick={() => session.ui.setState({ outlineOpen: !outline })}
      />
      <IconButton
        variant="ghost"
        size="sm"
        icon="panelb"
        label="Problems"
        keys="Ctrl J"
        on={drawer && !python}
        onClick={() => session.ui.setState({ drawerOpen: python || !drawer, pythonOpen: false })}
      />
      <IconButton
        variant="ghost"
        size="sm"
        icon="code"
        label="Python"
        on={python}
        onClick={() => session.ui.setState({ pythonOpen: !python })}
      />
      <span className="end row g2">
        <RunOnCanvas />
        {!outline && <Zoom canvas={canvas} />}
      </span>
    </div>
  )
}

/** Which run the colours are of. */
function RunOnCanvas() {
  const { live } = useSession()
  const shown = useShownRun()
  const viewer = useViewer()
  const mayCancel = useCan("run.cancel") && !viewer
  if (!shown) return null
  const { status } = shown.run
  const cancel = () =>
    void cancelRun(shown.id).catch((reason: Error) => toast(reason.message, { icon: "warn" }))
  return (
    <>
      {shown.connection === "reconnecting" && <span className="xs retrying">Reconnecting</span>}
      <Link href={`/runs/${shown.id}`} className="run-link" title="Open this run">
        <StateMark status={status} label={`Run ${shown.number} on the canvas`} />
      </Link>
      <PauseButton key={`${shown.id} ${status}`} runId={shown.id} status={status} />
      {mayCancel && !isTerminal(status) && (
        <Button size="sm" icon="stop" onClick={cancel}>
          Cancel
        </Button>
      )}
      <IconButton
        variant="ghost"
        size="sm"
        icon="x"
        iconSize={14}
        label="Hide the run"
        onClick={() => live.hide()}
      />
      <i className="sep" />
    </>
  )
}

/** Pause, or go on; a pause that was asked for is under way until the run's state changes. */
function PauseButton({ runId, status }: { runId: string; status: RunStatus }) {
  const viewer = useViewer()
  const mayPause = useCan("run.pause") && !viewer
  const [asked, setAsked] = useState(false)
  if (!mayPause || isTerminal(status)) return null
  const paused = status === "paused" || asked
  const act = (call: (id: string) => Promise<void>, next: boolean) =>
    void call(runId).then(
      () => setAsked(next),
      (reason: Error) => toast(reason.message, { icon: "warn" }),
    )
  return paused ? (
    <Button size="sm" icon="play" onClick={() => act(resumeRun, false)}>
      Resume
    </Button>
  ) : (
    <Button size="sm" icon="pause" onClick={() => act(pauseRun, true)}>
      Pause
    </Button>
  )
}

function Zoom({ canvas }: { canvas: RefObject<CanvasHandle | null> }) {
  const zoom = useStore((state) => state.transform[2])
  return (
    <span className="row zoom">
      <IconButton
        variant="ghost"
        size="sm"
        icon="minus"
        label="Zoom out"
        keys="-"
        onClick={() => canvas.current?.zoomOut()}
      />
      <span className="num sm muted zoom-figure">{Math.round(zoom * 100)}%</span>
      <IconButton
        variant="ghost"
        size="sm"
        icon="plus"
        label="Zoom in"
        keys="+"
        onClick={() => canvas.current?.zoomIn()}
      />
      <IconButton
        variant="ghost"
        size="sm"
        icon="fit"
        label="Fit"
        keys="1"
        onClick={() => canvas.current?.fit()}
      />
    </span>
  )
}
