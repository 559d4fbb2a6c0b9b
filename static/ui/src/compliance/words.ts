/** Controls and what was found of them, in words. Pure. */
import { plural } from "../shared/format"
import type { GlyphName } from "../shared/icons/glyphs"
import type { Control, Framework, FrameworkSummary, Sample, Verdict } from "./types"

export const FRAMEWORKS = ["GDPR", "HIPAA", "SOX", "SOC2", "ISO27001"] as const satisfies Framework[]
export const VERDICTS = [
  "fail",
  "insufficient_evidence",
  "manual",
  "pass",
  "not_applicable",
] as const satisfies Verdict[]

const LABELS: Readonly<Record<Framework, string>> = {
  GDPR: "GDPR",
  HIPAA: "HIPAA",
  SOX: "SOX",
  SOC2: "SOC 2",
  ISO27001: "ISO 27001",
}
export const frameworkLabel = (framework: Framework): string => LABELS[framework]

/** “GDPR, SOC 2”; of none in particular, all. */
export const frameworkNames = (frameworks: readonly Framework[]): string =>
  frameworks.length === 0 || frameworks.length === FRAMEWORKS.length
    ? "all"
    : frameworks.map(frameworkLabel).join(", ")

/** A verdict as it is drawn: a word, a colour of a state, and a mark of its own. */
const LOOKS: Readonly<Record<Verdict, { label: string; look: string; icon: GlyphName | "pass" | "fail" }>> = {
  pass: { label: "Pass", look: "succeeded", icon: "pass" },
  fail: { label: "Fail", look: "failed", icon: "fail" },
  insufficient_evidence: { label: "Not enough evidence", look: "retrying", icon: "help" },
  manual: { label: "Needs a person", look: "waiting", icon: "user" },
  not_applicable: { label: "Does not apply", look: "skipped", icon: "minus" },
}
export const verdictLook = (verdict: Verdict) => LOOKS[verdict]

/** How many controls apply: those that are about nothing here do not count. */
export const applying = (summary: FrameworkSummary): number =>
  summary.pass + summary.fail + summary.insufficient_evidence + summary.manual

export const total = (summary: FrameworkSummary): number => applying(summary) + summary.not_applicable

/** “1 fails”, “none fails”; and what else stands in the way: “2 lack evidence, 1 needs a person”. */
export function failWords({ fail }: FrameworkSummary): string {
  return fail === 0 ? "none fails" : `${fail} ${fail === 1 ? "fails" : "fail"}`
}

export function lackWords({ insufficient_evidence: lacking, manual }: FrameworkSummary): string {
  return [
    lacking && `${lacking} ${lacking === 1 ? "lacks" : "lack"} evidence`,
    manual && `${manual} ${manual === 1 ? "needs" : "need"} a person`,
  ]
    .filter(Boolean)
    .join(", ")
}

export interface ShownControl extends Control {
  readonly clause: string
  readonly shown: Verdict
}

/** The controls of a framework with their clause and their verdict under it. */
export function controlsOf(
  controls: readonly Control[],
  framework: Framework,
  verdict: Verdict | null,
): { all: number; shown: ShownControl[] } {
  const all = controls.flatMap((control): ShownControl[] => {
    const clause = control.clauses[framework]
    return clause === undefined
      ? []
      : [{ ...control, clause, shown: control.verdicts[framework] ?? control.verdict }]
  })
  return { all: all.length, shown: all.filter((control) => verdict === null || control.shown === verdict) }
}

/** “12 controls, 8 shown” */
export function shownWords(all: number, shown: number): string {
  return all === shown ? plural(all, "control") : `${plural(all, "control")}, ${shown} shown`
}

/** `open_alerts` -> “open alerts” */
export const countName = (key: string): string => key.replaceAll("_", " ")

/** What an example is called; of what the reader may not see, no more than its kind. */
export const sampleName = ({ type, id, label }: Sample): string =>
  label || `${type.replaceAll("_", " ")} ${id.length > 12 ? `${id.slice(0, 8)}…` : id}`
