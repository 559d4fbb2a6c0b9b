import { useState } from "react"
import { useLevels } from "../access/api"
import { failureText } from "../api/fieldErrors"
import { Button } from "../shared/Button"
import { Note } from "../shared/Note"
import { toast } from "../shared/toast"
import { saveLevels, useRefreshVocabulary } from "./api"
import { isChanged, problemOf, type LevelRow } from "./levels"
import { LevelList } from "./LevelList"

const MAX_LEVELS = 20

/** The levels of the workspace in their order: what is further down is more secret. */
export function LevelsCard({ readOnly }: { readOnly: boolean }) {
  const stored = useLevels()
  return (
    <Levels
      key={stored.map(({ key, label }) => `${key} ${label}`).join()}
      stored={stored}
      readOnly={readOnly}
    />
  )
}

function Levels({ stored, readOnly }: { stored: readonly LevelRow[]; readOnly: boolean }) {
  const refresh = useRefreshVocabulary()
  const [rows, setRows] = useState<readonly LevelRow[]>(stored)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const changed = isChanged(rows, stored)
  const problem = problemOf(rows)
  const save = async () => {
    setBusy(true)
    setFailure(null)
    try {
      await saveLevels(rows.map((row) => ({ ...row, label: row.label.trim() })))
      toast("The levels are saved. Rules compare by the new order.", { icon: "check" })
      await refresh()
    } catch (reason) {
      setFailure(failureText(reason, "The levels could not be saved."))
    } finally {
      setBusy(false)
    }
  }
  return (
    <section className="card levels-card" aria-labelledby="levels-title">
      <header>
        <h2 id="levels-title">Levels</h2>
        <span className="xs subtle">the least secret first</span>
        {!readOnly && (
          <span className="end">
            <Button
              size="sm"
              icon="plus"
              disabledReason={rows.length >= MAX_LEVELS && `At most ${MAX_LEVELS} levels.`}
              onClick={() => setRows([...rows, { key: "", label: "", isNew: true }])}
            >
              Level
            </Button>
          </span>
        )}
      </header>
      <div className="body">
        <LevelList rows={rows} readOnly={readOnly} onChange={setRows} />
        {failure && <Note kind="bad">{failure}</Note>}
        {changed && !readOnly && (
          <div className="row g2">
            <Button variant="primary" busy={busy} disabledReason={problem} onClick={() => void save()}>
              Save levels
            </Button>
            <Button
              onClick={() => {
                setRows(stored)
                setFailure(null)
              }}
            >
              Discard
            </Button>
          </div>
        )}
      </div>
    </section>
  )
}
