import { useCan } from "../api/me"
import { Opened } from "../shell/Opened"
import { Avatar } from "../shared/Avatar"
import { IconButton } from "../shared/Button"
import { DetailPane } from "../shared/ListDetail"
import { Tabs } from "../shared/Tabs"
import { useMember } from "./api"
import { PersonAccessTab } from "./PersonAccessTab"
import { PersonFactors } from "./PersonFactors"
import { PersonProfile } from "./PersonProfile"
import { PersonSessions } from "./PersonSessions"
import { PersonState } from "./PersonTable"
import type { Member } from "./types"

export type PersonView = "profile" | "access" | "sessions"

interface Props {
  id: string
  view: PersonView
  onView: (view: PersonView) => void
  onClose: () => void
}

/** One person: what they are given, what it lets them do, where they are signed in. */
export function PersonPane({ id, view, onView, onClose }: Props) {
  const person = useMember(id)
  return (
    <DetailPane label="Person">
      <Opened what="person" query={person} onClose={onClose}>
        {(found) => <Loaded person={found} view={view} onView={onView} onClose={onClose} />}
      </Opened>
    </DetailPane>
  )
}

interface LoadedProps extends Omit<Props, "id"> {
  person: Member
}

function Loaded({ person, view, onView, onClose }: LoadedProps) {
  const seesPolicies = useCan("policy.view")
  const manages = person.can.includes("user.manage")
  const tabs = [
    { id: "profile" as const, label: "Profile" },
    ...(seesPolicies ? [{ id: "access" as const, label: "What they may do" }] : []),
    ...(manages ? [{ id: "sessions" as const, label: "Sessions" }] : []),
  ]
  const shown = tabs.some((tab) => tab.id === view) ? view : "profile"
  return (
    <>
      <header className="detail-head">
        <Avatar name={person.name || person.email} />
        <div className="col grow">
          <h2 className="cut">{person.name || person.email}</h2>
          <span className="xs subtle cut">{person.email}</span>
        </div>
        <PersonState person={person} pill />
        <IconButton label="Close" icon="x" variant="ghost" onClick={onClose} />
      </header>
      <div className="person-tabs">
        <Tabs label="About this person" tabs={tabs} value={shown} onChange={onView} panel="person" />
      </div>
      <div
        className="detail-in"
        role="tabpanel"
        id={`person-${shown}`}
        aria-labelledby={`person-${shown}-tab`}
      >
        {shown === "profile" && <PersonProfile person={person} />}
        {shown === "access" && <PersonAccessTab person={person} />}
        {shown === "sessions" && (
          <>
            <PersonSessions person={person} />
            <PersonFactors person={person} />
          </>
        )}
      </div>
    </>
  )
}
