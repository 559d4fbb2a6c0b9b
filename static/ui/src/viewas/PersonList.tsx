import { useState } from "react"
import { Avatar } from "../shared/Avatar"
import { SearchInput } from "../shared/SearchInput"
import { SkeletonRows } from "../shared/Skeleton"
import { moveByArrows } from "../shared/Tabs"
import { usePeople } from "./api"
import type { Member } from "./types"
import { valueWords } from "./words"

interface Props {
  chosen: Member | null
  onChoose: (person: Member) => void
}

/** The people of the workspace, to choose one of. */
export function PersonList({ chosen, onChoose }: Props) {
  const [search, setSearch] = useState("")
  const people = usePeople(search)
  const found = people.data ?? []
  const first = found.some((one) => one.id === chosen?.id) ? chosen?.id : found[0]?.id
  return (
    <>
      <SearchInput
        label="Find somebody"
        placeholder="Name or e-mail"
        width="100%"
        value={search}
        onChange={setSearch}
      />
      {people.isPending && <SkeletonRows rows={4} height={44} />}
      {people.isSuccess && found.length === 0 && <p className="sm muted">Nobody is called so.</p>}
      <div
        className="view-people scroll"
        role="radiogroup"
        aria-label="People"
        tabIndex={-1}
        onKeyDown={moveByArrows}
      >
        {found.map((person) => (
          <button
            key={person.id}
            type="button"
            role="radio"
            className="view-person"
            aria-checked={person.id === chosen?.id}
            tabIndex={person.id === first ? 0 : -1}
            onClick={() => onChoose(person)}
          >
            <Avatar name={person.name || person.email} />
            <span className="col grow">
              <span className="med cut">{person.name || person.email}</span>
              <span className="xs subtle cut">{factsOf(person)}</span>
            </span>
          </button>
        ))}
      </div>
    </>
  )
}

function factsOf({ roles, attributes }: Member): string {
  const stated = Object.entries(attributes ?? {}).map(([name, value]) => `${name} ${valueWords(value)}`)
  return [...roles.map((role) => role.label), ...stated].join(", ") || "no role"
}
