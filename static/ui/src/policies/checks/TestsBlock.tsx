import { Badge } from "../../shared/Badge"
import { Button, IconButton } from "../../shared/Button"
import { Icon } from "../../shared/icons/Icon"
import { Menu } from "../../shared/Menu"
import { StateIcon } from "../../shared/icons/StateIcon"
import { SkeletonRows } from "../../shared/Skeleton"
import type { TestCase } from "../types"

interface Props {
  tests: readonly TestCase[] | undefined
  error: Error | null
  readOnly: boolean
  onAdd: () => void
  onEdit: (test: TestCase) => void
  onDelete: (test: TestCase) => void
  /** Asks the simulator the same. */
  onLook: (test: TestCase) => void
}

/** Questions with the answers that are expected: all must pass before the policy is activated. */
export function TestsBlock({ tests, error, readOnly, onAdd, onEdit, onDelete, onLook }: Props) {
  const failed = tests?.filter((test) => !test.passed) ?? []
  const passed = (tests?.length ?? 0) - failed.length
  const inOrder = [...failed, ...(tests?.filter((test) => test.passed) ?? [])]
  return (
    <section className="policy-block" aria-label="Tests">
      <div className="policy-head">
        <h3 className="h3">Tests</h3>
        {passed > 0 && <Badge kind="ok">{passed} pass</Badge>}
        {failed.length > 0 && (
          <Badge kind="bad">{failed.length === 1 ? "1 fails" : `${failed.length} fail`}</Badge>
        )}
        <span className="xs subtle">all must pass before activation</span>
        {!readOnly && (
          <span className="end">
            <Button variant="ghost" size="sm" icon="plus" onClick={onAdd}>
              Test
            </Button>
          </span>
        )}
      </div>
      {error && <p className="sm failed">{error.message}</p>}
      {!tests && !error && <SkeletonRows rows={2} height={32} />}
      {tests?.length === 0 && (
        <p className="sm muted">
          None yet. A test asks a question, such as whether an analyst in New York may see a run’s data, and
          keeps the policy from being activated while the answer is another one.
        </p>
      )}
      {inOrder.length > 0 && (
        <ul className="test-list">
          {inOrder.map((test) => (
            <TestRow
              key={test.id}
              test={test}
              readOnly={readOnly}
              onEdit={() => onEdit(test)}
              onDelete={() => onDelete(test)}
              onLook={() => onLook(test)}
            />
          ))}
        </ul>
      )}
    </section>
  )
}

const said = (allowed: boolean) => (allowed ? "allow" : "deny")

interface RowProps {
  test: TestCase
  readOnly: boolean
  onEdit: () => void
  onDelete: () => void
  onLook: () => void
}

function TestRow({ test, readOnly, onEdit, onDelete, onLook }: RowProps) {
  const { name, passed, expected, allowed, reason } = test
  return (
    <li title={passed ? undefined : reason}>
      <span className={passed ? "i succeeded" : "i failed"}>
        <StateIcon status={passed ? "succeeded" : "failed"} size={14} />
      </span>
      <span className="sr">{passed ? "Passes" : "Fails"}:</span>
      <button type="button" className="test-name cut" onClick={onLook} title="Look into it in the simulator">
        {name}
      </button>
      <span className="muted nowrap">
        {passed ? (
          said(allowed)
        ) : (
          <>
            expected {said(expected)}, got <b className="med failed">{said(allowed)}</b>
          </>
        )}
      </span>
      {readOnly ? (
        <IconButton
          label="Look into it"
          icon="eye"
          iconSize={14}
          size="sm"
          variant="ghost"
          onClick={onLook}
        />
      ) : (
        <Menu
          items={[
            { label: "Look into it in the simulator", icon: "eye", onSelect: onLook },
            { label: "Change", icon: "transform", onSelect: onEdit },
            { label: "Delete", icon: "trash", danger: true, separate: true, onSelect: onDelete },
          ]}
        >
          <button type="button" className="btn ghost sm icon" aria-label={`More for the test “${name}”`}>
            <Icon name="more" size={14} />
          </button>
        </Menu>
      )}
    </li>
  )
}
