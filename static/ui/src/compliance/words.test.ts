import { expect, test } from "vitest"
import type { Control, FrameworkSummary } from "./types"
import { applying, controlsOf, failWords, lackWords, sampleName, shownWords } from "./words"

const summary = (change: Partial<FrameworkSummary>): FrameworkSummary => ({
  verdict: "pass",
  pass: 9,
  fail: 0,
  not_applicable: 0,
  insufficient_evidence: 0,
  manual: 0,
  ...change,
})

const control = (key: string, verdicts: Control["verdicts"]): Control => ({
  key,
  title: key,
  family: "access",
  clauses: { GDPR: "Art. 32", ...(verdicts.SOX && { SOX: "Section 404" }) },
  verdict: "fail",
  verdicts,
  finding: "",
  counts: {},
  samples: [],
  computed: "",
  advice: "",
  fix: null,
  over: "period",
  by_workflow: false,
  can_confirm: false,
})

test("a framework in a few words", () => {
  expect(failWords(summary({ fail: 1 }))).toBe("1 fails")
  expect(failWords(summary({}))).toBe("none fails")
  expect(lackWords(summary({ insufficient_evidence: 2, manual: 1 }))).toBe(
    "2 lack evidence, 1 needs a person",
  )
  expect(lackWords(summary({}))).toBe("")
})

test("what does not apply counts neither for nor against", () => {
  expect(applying(summary({ not_applicable: 3, fail: 1 }))).toBe(10)
})

test("a control has the verdict of the framework that is looked at", () => {
  const controls = [control("a", { GDPR: "pass", SOX: "fail" }), control("b", { GDPR: "fail" })]

  expect(controlsOf(controls, "SOX", null).shown).toMatchObject([
    { key: "a", clause: "Section 404", shown: "fail" },
  ])
  expect(controlsOf(controls, "GDPR", "fail")).toMatchObject({ all: 2, shown: [{ key: "b" }] })
  expect(shownWords(2, 1)).toBe("2 controls, 1 shown")
  expect(shownWords(2, 2)).toBe("2 controls")
})

test("an example without a name is told by its kind", () => {
  const sample = { type: "access_request", id: "0193f0d2-aaaa-bbbb", label: null, page: null }

  expect(sampleName(sample)).toBe("access request 0193f0d2…")
  expect(sampleName({ ...sample, label: "Lending" })).toBe("Lending")
})
