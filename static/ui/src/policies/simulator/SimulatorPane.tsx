import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { useStore } from "zustand"
import { failureText, fieldErrors } from "../../api/fieldErrors"
import { Button } from "../../shared/Button"
import { EmptyState } from "../../shared/EmptyState"
import { Note } from "../../shared/Note"
import { Prose } from "../../shared/Prose"
import { sent, simulate } from "../api"
import type { DraftKeeper } from "../draftKeeper"
import { simulationOf, whyNotAsked, type Question } from "../model/question"
import { sameDocument } from "../model/rule"
import type { Vocabulary } from "../model/vocabulary"
import type { Policy, Simulated } from "../types"
import { QuestionForm } from "./QuestionForm"
import { Verdicts } from "./Verdicts"
import { WhyTree } from "./WhyTree"
import "./Simulator.css"

interface Props {
  policy: Policy
  keeper: DraftKeeper
  words: Vocabulary
  question: Question
  onQuestion: (question: Question) => void
  /** Keeps the question as a test; absent for who may not. */
  onSaveTest?: (answer: Simulated) => void
}

/** Asks who may do what, by what is in force and by the draft, and shows why. */
export function SimulatorPane({ policy, keeper, words, question, onQuestion, onSaveTest }: Props) {
  const sound = useStore(keeper.store, (state) => state.sound)
  const [chosen, setSide] = useState<"active" | "draft">("draft")
  const reason = whyNotAsked(question)
  // what is in force already is not answered twice
  const isTried = sound !== null && !(policy.in_force && sameDocument(sound, policy))
  const asked = {
    ...simulationOf(question, words),
    draft: isTried ? { policy_id: policy.id, document: sent(sound) } : null,
  }
  const key = JSON.stringify({ ...question, draft: asked.draft })
  const simulation = useQuery({
    queryKey: ["policy-simulation", policy.id, key],
    queryFn: () => simulate(asked),
    enabled: reason === null,
    placeholderData: keepPreviousData,
    staleTime: 0,
    retry: false,
  })
  const { error } = simulation
  const answer = reason === null && error === null ? simulation.data : undefined
  const shown = answer && (answer.draft ?? answer.active)
  return (
    <section className="policy-half is-side" aria-label="Simulator">
      <div className="toolbar">
        <h2 className="h2">Simulator</h2>
        {onSaveTest && (
          <span className="end">
            <Button
              variant="ghost"
              size="sm"
              icon="plus"
              disabledReason={!answer && "Ask something first."}
              onClick={() => answer && onSaveTest(answer)}
            >
              Save as test
            </Button>
          </span>
        )}
      </div>
      <div className="policy-in scroll">
        <div className="policy-block">
          <QuestionForm question={question} words={words} errors={fieldErrors(error)} onChange={onQuestion} />
        </div>
        {error && (
          <div className="policy-block">
            <Note kind="bad">{failureText(error, "It could not be asked.")}</Note>
          </div>
        )}
        {reason && (
          <EmptyState icon="shield" title="Ask who may do what">
            {reason} What is in force and what the draft would change stand here side by side, with the
            reasons.
          </EmptyState>
        )}
        {answer && shown && (
          <div className={simulation.isPlaceholderData ? "is-old" : undefined}>
            <div className="policy-block">
              <Verdicts
                active={answer.active}
                draft={answer.draft}
                draftWords={policy.in_force ? "With the draft" : "With this policy"}
              />
            </div>
            {!shown.allowed && (
              <div className="policy-block">
                <Note kind="bad" icon="shieldx">
                  <Prose text={shown.reason} />
                </Note>
              </div>
            )}
            <div className="policy-block">
              <WhyTree active={answer.active} draft={answer.draft} side={chosen} onSide={setSide} />
            </div>
            <p className="xs subtle policy-block">
              A deny outweighs every allow, and for a deny an unknown counts as true. Decided in{" "}
              {answer.took_us} µs.
            </p>
          </div>
        )}
      </div>
    </section>
  )
}
