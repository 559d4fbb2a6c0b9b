import { useState } from "react"
import type { FieldErrors } from "../api/fieldErrors"
import { CountField } from "../shared/fields/CountField"
import { LineField } from "../shared/fields/LineField"
import { SelectField } from "../shared/fields/SelectField"
import type { Awaited, WebhookConfig } from "./types"

type Respond = WebhookConfig["respond"]

interface Props {
  respond: Respond
  errors: FieldErrors
  readOnly: boolean
  onChange: (respond: Respond) => void
}

const ANSWERS = [
  { value: "accepted", label: "At once, with the run's number (202)" },
  { value: "wait", label: "When the run has ended, with its result" },
] as const

const WAIT: Awaited = { wait_s: 30, node: null, output: null }
const LONGEST_S = 60

/** What a call is answered with, and when. */
export function AnswerFields({ respond, errors, readOnly, onChange }: Props) {
  const [kept, setKept] = useState<Awaited>(respond === "accepted" ? WAIT : respond)
  const set = (change: Partial<Awaited>) => {
    const next = { ...kept, ...change }
    setKept(next)
    onChange(next)
  }
  return (
    <>
      <SelectField
        label="Answers"
        choices={ANSWERS}
        value={respond === "accepted" ? "accepted" : "wait"}
        error={errors["config.respond"]}
        readOnly={readOnly}
        onChange={(when) => onChange(when === "accepted" ? when : kept)}
      />
      {respond !== "accepted" && (
        <fieldset className="sub">
          <legend className="sr">The answer that waits</legend>
          <CountField
            label="Waits at most, seconds"
            hint="A run that takes longer goes on; the caller is told its number."
            least={1}
            most={LONGEST_S}
            value={respond.wait_s}
            error={errors["config.respond.wait_s"]}
            readOnly={readOnly}
            onChange={(wait_s) => set({ wait_s })}
          />
          <div className="two-fields">
            <LineField
              label="Step"
              hint="Empty: all last steps."
              mono
              value={respond.node ?? ""}
              error={errors["config.respond.node"]}
              readOnly={readOnly}
              onChange={(node) => set({ node: node || null })}
            />
            <LineField
              label="Part of its result"
              hint="As result.data"
              mono
              value={respond.output ?? ""}
              error={errors["config.respond.output"]}
              readOnly={readOnly}
              onChange={(output) => set({ output: output || null })}
            />
          </div>
        </fieldset>
      )}
    </>
  )
}
