import { useState } from "react"
import type { Run } from "../api/types"
import { Button } from "../shared/Button"
import { Dialog } from "../shared/Dialog"
import { plural } from "../shared/format"
import { Note } from "../shared/Note"
import { RadioList } from "../shared/RadioList"
import { BulkResults } from "./BulkResults"
import { ACTION_WORDS, fitting, statesText } from "./bulk"
import { actOnRuns, type BulkAction, type BulkResult, type RerunVersion } from "./controlApi"

interface Props {
  action: BulkAction
  runs: readonly Run[]
  /** The runs have changed. */
  onDone: () => void
  onClose: () => void
  /** It was done, and what came of it was read. */
  onFinish: () => void
}

/** Before something is done with several runs: how many, and how. Afterwards: what came of each. */
export function BulkDialog({ action, runs, onDone, onClose, onFinish }: Props) {
  const [mode, setMode] = useState<"full" | "failed">("full")
  const [version, setVersion] = useState<RerunVersion>("original")
  const [failure, setFailure] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [results, setResults] = useState<readonly BulkResult[] | null>(null)
  const words = ACTION_WORDS[action]
  const count = fitting(action, runs).length
  const confirm = async () => {
    setBusy(true)
    setFailure(null)
    try {
      const how = action === "rerun" ? { mode, version } : {}
      setResults(await actOnRuns({ action, runs: runs.map((run) => run.id), ...how }))
      onDone()
    } catch (reason) {
      setFailure(reason instanceof Error ? reason.message : "It did not work.")
      setBusy(false)
    }
  }
  if (results) return <BulkResults action={action} runs={runs} results={results} onClose={onFinish} />
  return (
    <Dialog
      open
      onClose={onClose}
      title={`${words.verb} ${plural(runs.length, "run")}`}
      onSubmit={() => void confirm()}
      footer={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button
            variant={action === "cancel" ? "danger" : "primary"}
            className={action === "cancel" ? "solid" : ""}
            submit
            busy={busy}
            disabledReason={count === 0 && words.none}
          >
            {words.verb} {plural(runs.length, "run")}
          </Button>
        </>
      }
    >
      <p>
        {statesText(runs)}. {words.effect}
        {count < runs.length &&
          count > 0 &&
          ` That is so for ${plural(count, "run")}; the others stay as they are.`}
        {count === 0 && ` ${words.none}`}
      </p>
      {action === "rerun" && (
        <>
          <RadioList
            label="From"
            value={mode}
            onChange={setMode}
            choices={[
              { value: "full", label: "The start" },
              { value: "failed", label: "What failed", hint: "What succeeded is taken over." },
            ]}
          />
          <RadioList
            label="Version"
            value={version}
            onChange={setVersion}
            choices={[
              { value: "original", label: "The same as each of them had" },
              { value: "latest", label: "The latest version of each workflow" },
              { value: "draft", label: "The draft of each workflow as it is now" },
            ]}
          />
        </>
      )}
      {failure && (
        <div className="dialog-note">
          <Note kind="bad">{failure}</Note>
        </div>
      )}
    </Dialog>
  )
}

export default BulkDialog
