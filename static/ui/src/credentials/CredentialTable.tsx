import { ago, count } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { ListTable, NameCell } from "../shared/ListTable"
import { MomentCell } from "../shared/MomentCell"
import type { Credential, CredentialType } from "./types"

interface Props {
  credentials: readonly Credential[]
  types: readonly CredentialType[]
  selected: string | null
  hrefOf: (id: string) => string
}

export const typeLabel = (types: readonly CredentialType[], type: string): string =>
  types.find((item) => item.type === type)?.label ?? type.replaceAll("_", " ")

const COLUMNS = [
  "Name",
  "Last used",
  { label: "Version", look: "num" },
  { label: "Changed", look: "wide-only" },
]

export function CredentialTable({ credentials, types, selected, hrefOf }: Props) {
  const now = useNow(30_000)
  return (
    <ListTable label="Credentials" columns={COLUMNS}>
      {credentials.map(({ id, name, type, description, version, last_used_at, updated_at }) => (
        <tr key={id} className={id === selected ? "is-on" : ""}>
          <NameCell
            name={name}
            about={[typeLabel(types, type), description].filter(Boolean).join(" · ")}
            href={hrefOf(id)}
            isOn={id === selected}
          />
          <MomentCell at={last_used_at} words={(at) => ago(at, now)} none="not yet" />
          <td className="num">{count(version)}</td>
          <MomentCell at={updated_at} words={(at) => ago(at, now)} wideOnly />
        </tr>
      ))}
    </ListTable>
  )
}
