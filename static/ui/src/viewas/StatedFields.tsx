import { useLevels, useRoles } from "../access/api"
import { LineField } from "../shared/fields/LineField"
import { SelectField } from "../shared/fields/SelectField"
import { ToggleGroup } from "../shared/fields/ToggleGroup"
import { usePersonAttributes } from "./api"
import type { Attribute } from "./types"

interface Props {
  roles: readonly string[]
  onRoles: (roles: string[]) => void
  texts: Readonly<Record<string, string>>
  errors: Readonly<Record<string, string>>
  onText: (name: string, text: string) => void
}

const NOT_SET = { value: "", label: "not set" }

/** Roles and attributes of somebody who need not exist. */
export function StatedFields({ roles, onRoles, texts, errors, onText }: Props) {
  const known = useRoles()
  const attributes = usePersonAttributes()
  return (
    <>
      <ToggleGroup label="Roles" options={known} chosen={roles} onChange={onRoles} />
      <div className="view-pair">
        {attributes.map((attribute) => (
          <StatedField
            key={attribute.name}
            attribute={attribute}
            text={texts[attribute.name] ?? ""}
            error={errors[attribute.name]}
            onChange={(text) => onText(attribute.name, text)}
          />
        ))}
      </div>
    </>
  )
}

interface FieldProps {
  attribute: Attribute
  text: string
  error: string | undefined
  onChange: (text: string) => void
}

function StatedField({ attribute, text, error, onChange }: FieldProps) {
  const levels = useLevels()
  const { kind, label, allowed } = attribute
  const choices =
    kind === "level"
      ? levels.map((level) => ({ value: level.key, label: level.label }))
      : kind === "boolean"
        ? [
            { value: "true", label: "yes" },
            { value: "false", label: "no" },
          ]
        : allowed && !kind.startsWith("list_")
          ? allowed.map((one) => ({ value: String(one), label: String(one) }))
          : null
  if (choices)
    return (
      <SelectField
        label={label}
        choices={[NOT_SET, ...choices]}
        value={text}
        error={error}
        onChange={onChange}
      />
    )
  const placeholder = kind.startsWith("list_") ? "parted by commas" : "not set"
  return <LineField label={label} placeholder={placeholder} value={text} error={error} onChange={onChange} />
}
