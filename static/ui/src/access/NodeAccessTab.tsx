import type { NodeDocument } from "../api/types"
import { setAccess } from "../editor/commands"
import { useSession, useUi } from "../editor/SessionContext"
import { problemsAt, problemsByField } from "../inspector/schema"
import { WordsField } from "../inspector/WordsField"
import { Field, TextInput } from "../shared/Field"
import { DEFAULT_LEVEL } from "../shared/levels"
import { LevelField } from "./LevelField"
import { tagProblem } from "./tags"
import "./access.css"

/** What a step is to the policies that decide who sees its parts and whether a run may execute it. */
export default function NodeAccessTab({ node }: { node: NodeDocument }) {
  const { editor, editable } = useSession()
  const problems = problemsByField(
    useUi((ui) => ui.problems),
    node.id,
    "access",
  )
  const { resource = "", classification = DEFAULT_LEVEL, tags = [] } = node.access ?? {}
  const errorAt = (key: string) => problemsAt(problems, key)[0]?.message
  const set = (key: "resource" | "classification" | "tags", value: unknown) =>
    editor.apply(`change ${key}`, setAccess(node.id, key, value), { merge: `access:${node.id}:${key}` })
  return (
    <div className="sec-in form access-tab">
      <p className="xs subtle">
        Policies know this step by what is set here. They decide who sees its settings, what it took, gave and
        wrote, and whether a run may execute it.
      </p>
      <LevelField
        value={classification}
        readOnly={!editable}
        error={errorAt("classification")}
        onChange={(level) => set("classification", level)}
      />
      <WordsField
        label="Tags"
        phrases
        value={tags}
        check={tagProblem}
        readOnly={!editable}
        placeholder="pii, payroll"
        hint="Words that policies and masking rules look for."
        error={errorAt("tags")}
        onChange={(words) => set("tags", words ?? [])}
      />
      <Field
        label="Resource"
        hint={
          <>
            The name that policies know this step by. Without one it is its id, <code>{node.id}</code>.
          </>
        }
        error={errorAt("resource")}
      >
        {(control) => (
          <TextInput
            {...control}
            mono
            readOnly={!editable}
            spellCheck={false}
            autoComplete="off"
            placeholder={node.id}
            value={resource}
            onChange={({ target }) => set("resource", target.value)}
          />
        )}
      </Field>
    </div>
  )
}
