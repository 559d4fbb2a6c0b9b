import CredentialSelect from "../credentials/CredentialSelect"
import { isRecord, problemText, withKey, type FieldViewProps } from "./FieldView"
import { typeOf, withoutHidden, type FieldSpec } from "./schema"
import { SchemaForm } from "./SchemaForm"

/** The credential that a step uses, by its name; with how it is used, where the step can be told. */
export default function CredentialField(props: FieldViewProps) {
  const { field, root, value, onChange, context, path } = props
  if (typeOf(field.schema) !== "object") {
    return <Select {...props} at={path} name={typeof value === "string" ? value : ""} onName={onChange} />
  }
  const given = isRecord(value) ? value : null
  const { name: _, ...others } = field.schema.properties ?? {}
  const rest = { ...field.schema, properties: others }
  return (
    <>
      <Select
        {...props}
        at={`${path}.name`}
        name={typeof given?.name === "string" ? given.name : ""}
        onName={(name) => onChange(name === undefined ? undefined : { ...given, name })}
      />
      {given && (
        <fieldset className="sub">
          <legend className="sr">How it is used</legend>
          <SchemaForm
            schema={rest}
            root={root}
            value={given}
            context={context}
            path={path}
            onChange={(key, next) => onChange(withoutHidden(rest, root, withKey(given, key, next)))}
          />
        </fieldset>
      )}
    </>
  )
}

interface SelectProps extends FieldViewProps {
  field: FieldSpec
  at: string
  name: string
  onName: (name: string | undefined) => void
}

function Select({ field, context, at, name, onName }: SelectProps) {
  return (
    <CredentialSelect
      label={field.label}
      required={field.required}
      use={field.schema["x-credential-use"] ?? "http"}
      value={name}
      hint={field.schema.description}
      error={problemText(context, at, field.label)}
      readOnly={context.readOnly}
      onChange={onName}
    />
  )
}
