import { useState } from "react"
import { useLocation, useSearch } from "wouter"
import { useStore } from "zustand"
import { failureText } from "../api/fieldErrors"
import { useKeys } from "../shared/hooks/useKeys"
import { Note } from "../shared/Note"
import { plural } from "../shared/format"
import { Segmented } from "../shared/Segmented"
import { toast } from "../shared/toast"
import { deleteTestCase, useFindings, useRefreshPolicies, useTestCases } from "./api"
import { RulePane, type RuleView } from "./builder/RulePane"
import { ConflictNote } from "./ConflictNote"
import { ImpactBlock } from "./checks/ImpactBlock"
import { RevisionsPane } from "./checks/RevisionsPane"
import { TestDialog, type TestDraft } from "./checks/TestDialog"
import { TestsBlock } from "./checks/TestsBlock"
import type { DraftKeeper } from "./draftKeeper"
import { environmentOf, questionOf, type Question } from "./model/question"
import { questionFrom } from "./model/prefill"
import type { Vocabulary } from "./model/vocabulary"
import { PolicyBar } from "./PolicyBar"
import { SimulatorPane } from "./simulator/SimulatorPane"
import type { Policy, Simulated, TestCase } from "./types"

interface Props {
  keeper: DraftKeeper
  words: Vocabulary
  readOnly: boolean
}

const PARTS = [
  { value: "rule", label: "Rule" },
  { value: "side", label: "Simulator" },
] as const

/** The rule on the left; on the right the simulator, or the revisions. On a narrow screen one of both. */
export function PolicyScreen({ keeper, words, readOnly }: Props) {
  const policy = useStore(keeper.store, (state) => state.policy)
  const sound = useStore(keeper.store, (state) => state.sound)
  const isConflict = useStore(keeper.store, (state) => state.saving.phase === "conflict")
  const search = useSearch()
  const [, navigate] = useLocation()
  const refresh = useRefreshPolicies()
  const [view, setView] = useState<RuleView>("builder")
  const [part, setPart] = useState<"rule" | "side">("rule")
  const [showsRevisions, setShowsRevisions] = useState(false)
  const [question, setQuestion] = useState<Question>(() => questionFrom(search))
  const [test, setTest] = useState<TestDraft | null>(null)
  const findings = useFindings(policy.id, sound).data ?? []
  const tests = useTestCases(policy.id, `${policy.revision}.${policy.draft_version}`)
  useKeys({ "Ctrl+Z": () => keeper.undo(), "Ctrl+Shift+Z": () => keeper.redo() })

  const changed = (after: Policy | null) => {
    if (after) keeper.see(after)
    else navigate("/policies")
    void refresh()
  }
  const look = (found: TestCase) => {
    setQuestion(questionOf(askedBy(found)))
    setShowsRevisions(false)
    setPart("side")
  }
  const saveTest = ({ stated, draft, active }: Simulated) => {
    const asked = { ...stated, action: question.action, env: environmentOf(question, new Date()) }
    setTest({ id: null, name: "", expected: (draft ?? active).allowed, asked })
  }
  const takeAway = async (found: TestCase) => {
    try {
      await deleteTestCase(policy.id, found.id)
      toast(`The test “${found.name}” is deleted.`, { icon: "trash" })
    } catch (reason) {
      toast(failureText(reason, "It could not be deleted."), { icon: "warn" })
    }
    await refresh()
  }
  return (
    <>
      <PolicyBar
        policy={policy}
        keeper={keeper}
        readOnly={readOnly}
        failing={tests.data?.filter((one) => !one.passed).length ?? null}
        showsRevisions={showsRevisions}
        onRevisions={() => {
          setShowsRevisions(!showsRevisions)
          setPart(showsRevisions ? "rule" : "side")
        }}
        onChanged={changed}
      />
      <div className="policy-parts">
        <Segmented label="Part of the page" options={PARTS} value={part} onChange={setPart} />
      </div>
      <div className={`policy-work shows-${part}`}>
        <RulePane
          keeper={keeper}
          words={words}
          findings={findings}
          readOnly={readOnly}
          view={view}
          onView={setView}
          notes={
            <>
              {isConflict && <ConflictNote keeper={keeper} words={words} />}
              {policy.referenced_unknown.length > 0 && (
                <Note kind="bad">
                  {plural(policy.referenced_unknown.length, "attribute")} it names{" "}
                  {policy.referenced_unknown.length === 1 ? "is" : "are"} not there any more:{" "}
                  <code>{policy.referenced_unknown.join(", ")}</code>.
                </Note>
              )}
              {readOnly && (
                <Note icon="lock">You can look at this policy. Changing it needs policy.manage.</Note>
              )}
            </>
          }
        >
          <ImpactBlock policy={policy.id} document={sound} />
          <TestsBlock
            tests={tests.data}
            error={tests.error}
            readOnly={readOnly}
            onAdd={() => setTest({ id: null, name: "", expected: false, asked: null })}
            onEdit={(found) => setTest({ ...found, asked: askedBy(found) })}
            onDelete={(found) => void takeAway(found)}
            onLook={look}
          />
        </RulePane>
        {showsRevisions ? (
          <RevisionsPane
            policy={policy}
            readOnly={readOnly}
            onClose={() => setShowsRevisions(false)}
            onBack={changed}
          />
        ) : (
          <SimulatorPane
            policy={policy}
            keeper={keeper}
            words={words}
            question={question}
            onQuestion={setQuestion}
            onSaveTest={readOnly ? undefined : saveTest}
          />
        )}
      </div>
      {test && (
        <TestDialog
          policy={policy.id}
          test={test}
          words={words}
          onClose={() => setTest(null)}
          onSaved={() => {
            setTest(null)
            void refresh()
          }}
        />
      )}
    </>
  )
}

/** What a test asks; a test about the workspace at large has an empty thing. */
function askedBy({ subject, action, resource, env }: TestCase) {
  const thing = "type" in resource ? (resource as { type: string }) : null
  return { subject, action, resource: thing, env }
}
