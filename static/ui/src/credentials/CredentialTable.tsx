import { ago, count } from "../shared/format"
import { useNow } from "../shared/hooks/useNow"
import { ListTable, NameCell } from "../shared/ListTable"
import { MomentCell } from "../shared/MomentCell"
import { HealthMark } from "./HealthMark"
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
  "Health",
  { label: "Workflows", look: "num" },
  { label: "Running", look: "num" },
  { label: "Last used", look: "wide-only" },
]

export function CredentialTable({ credentials, types, selected, hrefOf }: Props) {
  const now = useNow(30_000)
  return (
    <ListTable label="Credentials" columns={COLUMNS}>
      {credentials.map((credential) => (
        <tr key={credential.id} className={credential.id === selected ? "is-on" : ""}>
          <NameCell
            name={credential.name}
            about={[typeLabel(types, credential.type), credential.description].filter(Boolean).join(" · ")}
            href={hrefOf(credential.id)}
            isOn={credential.id === selected}
          />
          <td>
            <HealthMark credential={credential} />
          </td>
          <td className="num">{count(credential.workflows)}</td>
          <td className="num">{count(credential.running)}</td>
          <MomentCell at={credential.last_used_at} words={(at) => ago(at, now)} none="not yet" wideOnly />
        </tr>
      ))}
    </ListTable>
  )
}
