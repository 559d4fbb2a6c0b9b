import { useState } from "react"
import { useLocation, useSearch } from "wouter"
import { useCan } from "../api/me"
import { useRoles } from "../access/api"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { Topbar } from "../shell/Topbar"
import { Button } from "../shared/Button"
import { EmptyState } from "../shared/EmptyState"
import { FilterChip } from "../shared/FilterChip"
import { count, plural } from "../shared/format"
import { ListDetail } from "../shared/ListDetail"
import { ListFoot } from "../shared/ListFoot"
import { SearchInput } from "../shared/SearchInput"
import { SkeletonRows } from "../shared/Skeleton"
import { useMembers, type State } from "./api"
import { InviteDialog } from "./InviteDialog"
import { InvitationList } from "./InvitationList"
import { PeopleTabs } from "./PeopleTabs"
import { PersonPane, type PersonView } from "./PersonPane"
import { PersonTable } from "./PersonTable"
import "./PeoplePage.css"

interface Place {
  search: string
  role: string | null
  state: State | null
  person: string | null
  view: PersonView
}

const STATES = [
  { value: "active", label: "Active" },
  { value: "deactivated", label: "Deactivated" },
] as const

function readPlace(search: string): Place {
  const found = new URLSearchParams(search)
  const state = STATES.find(({ value }) => value === found.get("state"))?.value ?? null
  const view = (["access", "sessions"] as const).find((name) => name === found.get("view")) ?? "profile"
  return {
    search: found.get("search") ?? "",
    role: found.get("role"),
    state,
    person: found.get("person"),
    view,
  }
}

function pathOf({ view, ...place }: Place): string {
  const shown = { ...place, view: place.person && view !== "profile" ? view : null }
  const set = Object.entries(shown).filter(([, value]) => value)
  const text = new URLSearchParams(set as [string, string][]).toString()
  return text ? `/people?${text}` : "/people"
}

/** Everybody of the workspace: what they are given, and what that lets them do. */
export default function PeoplePage() {
  const place = readPlace(useSearch())
  const [, navigate] = useLocation()
  const go = (change: Partial<Place>) => navigate(pathOf({ ...place, ...change }), { replace: true })
  const manages = useCan("user.manage")
  const [inviting, setInviting] = useState(false)
  const list = useMembers(place)
  const people = list.data?.pages.flatMap((page) => page.results) ?? []
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "People" }]} />
      </Topbar>
      <ListDetail
        detail={
          place.person && (
            <PersonPane
              key={place.person}
              id={place.person}
              view={place.view}
              onView={(view) => go({ view })}
              onClose={() => go({ person: null })}
            />
          )
        }
      >
        <PeopleTabs />
        <div className="list-head">
          <SearchInput
            label="Name or e-mail"
            placeholder="Search by name or e-mail"
            width={240}
            value={place.search}
            onChange={(search) => go({ search })}
          />
          <FilterChip
            label="Role"
            icon="filter"
            options={useRoles()}
            value={place.role}
            onChange={(role) => go({ role })}
          />
          <FilterChip
            label="State"
            options={STATES}
            value={place.state}
            onChange={(state) => go({ state })}
          />
          {manages && (
            <span className="row">
              <Button variant="primary" icon="plus" onClick={() => setInviting(true)}>
                Invite
              </Button>
            </span>
          )}
        </div>
        {manages && <InvitationList />}
        {list.isPending && <SkeletonRows />}
        {list.isError && people.length === 0 && (
          <LoadError what="the people" error={list.error} onRetry={() => void list.refetch()} />
        )}
        {list.isSuccess && people.length === 0 && (
          <EmptyState
            icon="user"
            title="Nobody fits these filters"
            action={
              <Button onClick={() => go({ search: "", role: null, state: null })}>Clear filters</Button>
            }
          />
        )}
        {people.length > 0 && (
          <>
            <div className={list.isPlaceholderData ? "card list-card is-old" : "card list-card"}>
              <PersonTable
                people={people}
                selected={place.person}
                hrefOf={(person) => pathOf({ ...place, person })}
              />
            </div>
            <ListFoot
              more={list.hasNextPage}
              loading={list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage()}
            >
              {people.length === 1 ? plural(1, "person") : `${count(people.length)} people`}
            </ListFoot>
          </>
        )}
      </ListDetail>
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </>
  )
}
