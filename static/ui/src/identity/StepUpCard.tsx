import { useState } from "react"
import { failureText } from "../api/fieldErrors"
import { LoadError } from "../shell/LoadError"
import { Field, SelectInput, Toggle } from "../shared/Field"
import { Note } from "../shared/Note"
import { SkeletonRows } from "../shared/Skeleton"
import { toast } from "../shared/toast"
import { changeSettings, useAccessSettings, useRefreshSettings, type AccessSettings } from "./api"

const MINUTES = [1, 5, 10, 30, 60, 480]

/** When a second factor is asked for, and whether policies need a second person. */
export function StepUpCard() {
  const settings = useAccessSettings(true)
  const refresh = useRefreshSettings()
  const [failure, setFailure] = useState<unknown>(null)
  const change = async (what: Partial<AccessSettings>) => {
    setFailure(null)
    try {
      await changeSettings(what)
      await refresh()
      toast("The settings are kept.")
    } catch (problem) {
      setFailure(problem)
    }
  }
  const found = settings.data
  const fixed = !found?.can.includes("policy.manage")
  return (
    <section className="card" aria-labelledby="step-up-title">
      <header>
        <h2 id="step-up-title">Fresh proof and approval</h2>
      </header>
      <div className="body form">
        {settings.isPending && <SkeletonRows rows={2} />}
        {settings.isError && (
          <LoadError what="the settings" error={settings.error} onRetry={() => void settings.refetch()} />
        )}
        {found && (
          <>
            <Toggle
              label="Ask for a fresh second factor"
              hint="Before masked values are revealed, credentials or policies in force changed, or these settings."
              checked={found.step_up}
              disabled={fixed}
              onChange={(step_up) => void change({ step_up })}
            />
            <Field label="It stays fresh for">
              {(control) => (
                <SelectInput
                  {...control}
                  choices={choices(found.step_up_minutes)}
                  disabled={fixed || !found.step_up}
                  value={String(found.step_up_minutes)}
                  onChange={({ target }) => void change({ step_up_minutes: Number(target.value) })}
                />
              )}
            </Field>
            <Toggle
              label="A second person approves policies"
              hint="What is set in force was approved by somebody else than who wrote it."
              checked={found.approve_policies}
              disabled={fixed}
              onChange={(approve_policies) => void change({ approve_policies })}
            />
          </>
        )}
        {failure !== null && (
          <Note kind="bad">{failureText(failure, "The settings could not be changed.")}</Note>
        )}
      </div>
    </section>
  )
}

function choices(now: number) {
  const all = MINUTES.includes(now) ? MINUTES : [...MINUTES, now].sort((a, b) => a - b)
  return all.map((minutes) => ({
    value: String(minutes),
    label: minutes === 1 ? "1 minute" : `${minutes} minutes`,
  }))
}
