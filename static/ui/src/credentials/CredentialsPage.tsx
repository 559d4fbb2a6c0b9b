import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { useLocation, useSearch } from "wouter"
import { useCan } from "../api/me"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { Topbar } from "../shell/Topbar"
import { Button } from "../shared/Button"
import { EmptyState } from "../shared/EmptyState"
import { FilterChip } from "../shared/FilterChip"
import { plural } from "../shared/format"
import { Icon } from "../shared/icons/Icon"
import { ListDetail } from "../shared/ListDetail"
import { ListFoot } from "../shared/ListFoot"
import { SearchInput } from "../shared/SearchInput"
import { SkeletonRows } from "../shared/Skeleton"
import { toast } from "../shared/toast"
import { credentialTypes, useCredentials } from "./api"
import { CredentialDetail } from "./CredentialDetail"
import { CredentialDialog } from "./CredentialDialog"
import { CredentialTable } from "./CredentialTable"
import type { CredentialTypeName } from "./types"
import "./CredentialsPage.css"

interface Place {
  search: string
  type: CredentialTypeName | null
  credential: string | null
}

function readPlace(search: string): Place {
  const found = new URLSearchParams(search)
  return {
    search: found.get("search") ?? "",
    type: found.get("type") as CredentialTypeName | null, // the server refuses one that it does not know
    credential: found.get("credential"),
  }
}

function pathOf(place: Place): string {
  const set = Object.entries(place).filter(([, value]) => value)
  const text = new URLSearchParams(set as [string, string][]).toString()
  return text ? `/credentials?${text}` : "/credentials"
}

/** The secrets of the workspace, by name: who uses them, never what they are. */
export default function CredentialsPage() {
  const place = readPlace(useSearch())
  const [, navigate] = useLocation()
  const go = (change: Partial<Place>) => navigate(pathOf({ ...place, ...change }), { replace: true })
  const mayCreate = useCan("credential.create")
  const [making, setMaking] = useState(false)
  const types = useQuery(credentialTypes).data ?? []
  const list = useCredentials(place)
  const credentials = list.data?.pages.flatMap((page) => page.results) ?? []
  const isFiltered = place.search !== "" || place.type !== null
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Credentials" }]} />
      </Topbar>
      <ListDetail
        detail={
          place.credential && (
            <CredentialDetail
              key={place.credential}
              id={place.credential}
              types={types}
              onClose={() => go({ credential: null })}
            />
          )
        }
      >
        <div className="list-head">
          <SearchInput
            label="Name"
            placeholder="Search by name"
            width={220}
            value={place.search}
            onChange={(search) => go({ search })}
          />
          <FilterChip
            label="Kind"
            icon="filter"
            options={types.map(({ type, label }) => ({ value: type, label }))}
            value={place.type}
            onChange={(type) => go({ type })}
          />
          {mayCreate && (
            <span className="row">
              <Button variant="primary" icon="plus" onClick={() => setMaking(true)}>
                Credential
              </Button>
            </span>
          )}
        </div>
        {list.isPending && <SkeletonRows />}
        {list.isError && credentials.length === 0 && (
          <LoadError what="the credentials" error={list.error} onRetry={() => void list.refetch()} />
        )}
        {list.isSuccess && credentials.length === 0 && (
          <None
            isFiltered={isFiltered}
            mayCreate={mayCreate}
            onClear={() => go({ search: "", type: null })}
          />
        )}
        {credentials.length > 0 && (
          <>
            <div className={list.isPlaceholderData ? "card list-card is-old" : "card list-card"}>
              <CredentialTable
                credentials={credentials}
                types={types}
                selected={place.credential}
                hrefOf={(credential) => pathOf({ ...place, credential })}
              />
            </div>
            <ListFoot
              more={list.hasNextPage}
              loading={list.isFetchingNextPage}
              onMore={() => void list.fetchNextPage()}
            >
              {plural(credentials.length, "credential")}
            </ListFoot>
            <p className="row g2 xs subtle write-only">
              <Icon name="lock" size={14} />
              Values are write-only. Nobody, owners included, can read one back.
            </p>
          </>
        )}
      </ListDetail>
      {making && (
        <CredentialDialog
          credential={null}
          onClose={() => setMaking(false)}
          onSaved={(made) => {
            setMaking(false)
            toast(`“${made.name}” is kept.`, { icon: "key" })
            go({ credential: made.id })
          }}
        />
      )}
    </>
  )
}

interface NoneProps {
  isFiltered: boolean
  mayCreate: boolean
  onClear: () => void
}

function None({ isFiltered, mayCreate, onClear }: NoneProps) {
  if (isFiltered) {
    return (
      <EmptyState
        icon="filter"
        title="No credential fits these filters"
        action={<Button onClick={onClear}>Clear filters</Button>}
      />
    )
  }
  return (
    <EmptyState icon="key" title="No credentials yet">
      {mayCreate
        ? "A token or password that workflows use by its name. It is kept encrypted, and cannot be read back."
        : "An owner, administrator or editor of this workspace can add one."}
    </EmptyState>
  )
}
