import { useState } from "react"
import { useLocation, useSearch } from "wouter"
import { failureText } from "../api/fieldErrors"
import { useCan } from "../api/me"
import { PeopleTabs } from "../people/PeopleTabs"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { Topbar } from "../shell/Topbar"
import { Button } from "../shared/Button"
import { plural } from "../shared/format"
import { ListDetail } from "../shared/ListDetail"
import { Note } from "../shared/Note"
import { SkeletonRows } from "../shared/Skeleton"
import { toast } from "../shared/toast"
import { changeRole, useRefreshRoles, useRoleList } from "./api"
import { changesIn, type Draft } from "./matrix"
import { NewRoleDialog } from "./NewRoleDialog"
import { RoleMatrix } from "./RoleMatrix"
import { RolePane } from "./RolePane"
import type { Role } from "./types"
import "./RolesPage.css"

/** The roles of the workspace: what each gives, by itself and by those above it. */
export default function RolesPage() {
  const found = new URLSearchParams(useSearch())
  const open = found.get("role")
  const [, navigate] = useLocation()
  const show = (key: string | null) =>
    navigate(key ? `/people/roles?role=${encodeURIComponent(key)}` : "/people/roles", { replace: true })
  const manages = useCan("role.manage")
  const [making, setMaking] = useState(false)
  const list = useRoleList()
  const roles = list.data?.results ?? []
  const role = roles.find((each) => each.key === open)
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Roles" }]} />
      </Topbar>
      <ListDetail
        narrow
        detail={
          role && (
            <RolePane
              key={JSON.stringify(role)}
              role={role}
              roles={roles}
              actions={list.data?.actions ?? []}
              onClose={() => show(null)}
            />
          )
        }
      >
        <PeopleTabs />
        {list.isPending && <SkeletonRows />}
        {list.isError && roles.length === 0 && (
          <LoadError what="the roles" error={list.error} onRetry={() => void list.refetch()} />
        )}
        {list.data && (
          <Matrix
            roles={roles}
            actions={list.data.actions}
            open={open}
            onOpen={show}
            onNew={manages ? () => setMaking(true) : null}
          />
        )}
      </ListDetail>
      {making && (
        <NewRoleDialog
          roles={roles}
          onClose={() => setMaking(false)}
          onMade={(made) => {
            setMaking(false)
            show(made.key)
          }}
        />
      )}
    </>
  )
}

interface MatrixProps {
  roles: readonly Role[]
  actions: Parameters<typeof RoleMatrix>[0]["actions"]
  open: string | null
  onOpen: (key: string | null) => void
  onNew: (() => void) | null
}

/** The matrix with what is changed in it: nothing counts before it is saved. */
function Matrix({ roles, actions, open, onOpen, onNew }: MatrixProps) {
  const refresh = useRefreshRoles()
  const [draft, setDraft] = useState<Draft>({})
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const changes = changesIn(roles, draft)
  const save = async () => {
    setBusy(true)
    setFailure(null)
    let left: Draft = draft
    try {
      for (const role of roles) {
        const permissions = draft[role.id]
        if (!permissions) continue
        await changeRole(role.id, { permissions: [...permissions] }).catch((problem: unknown) => {
          throw new Error(`${role.label}: ${failureText(problem, "It could not be saved.")}`)
        })
        const { [role.id]: _, ...others } = left
        left = others
      }
      toast("It counts from the next request on.", { icon: "check" })
    } catch (problem) {
      setFailure(problem instanceof Error ? problem.message : "It could not be saved.")
    } finally {
      await refresh()
      setDraft(left)
      setBusy(false)
    }
  }
  return (
    <>
      <div className="list-head">
        <span className="sm muted">
          {changes > 0 ? `${plural(changes, "change")}, not saved yet` : plural(roles.length, "role")}
        </span>
        <span className="row g2">
          {changes > 0 && (
            <>
              <Button onClick={() => setDraft({})}>Discard</Button>
              <Button variant="primary" busy={busy} onClick={() => void save()}>
                Save
              </Button>
            </>
          )}
          {onNew && changes === 0 && (
            <Button variant="primary" icon="plus" onClick={onNew}>
              Role
            </Button>
          )}
        </span>
      </div>
      {failure && <Note kind="bad">{failure}</Note>}
      <RoleMatrix
        roles={roles}
        actions={actions}
        draft={draft}
        open={open}
        onDraft={setDraft}
        onOpen={onOpen}
      />
    </>
  )
}
