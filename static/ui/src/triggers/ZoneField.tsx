import { useMemo } from "react"
import { LineField } from "../shared/fields/LineField"

interface Props {
  zone: string
  error: string | undefined
  readOnly: boolean
  onChange: (zone: string) => void
}

/** The time zone in which the times of a schedule are meant. */
export function ZoneField({ zone, error, readOnly, onChange }: Props) {
  const zones = useMemo(() => ["UTC", ...Intl.supportedValuesOf("timeZone")], [])
  return (
    <>
      <LineField
        label="Time zone"
        hint="Type a city: Lisbon, New York."
        list="time-zones"
        value={zone}
        error={error}
        readOnly={readOnly}
        onChange={onChange}
      />
      <datalist id="time-zones">
        {zones.map((name) => (
          <option key={name} value={name}>
            {name.split("/").at(-1)?.replaceAll("_", " ")}
          </option>
        ))}
      </datalist>
    </>
  )
}
