import type { Me } from "../api/types"
import { Avatar } from "../shared/Avatar"
import { Badge } from "../shared/Badge"

/** Who one is here, and with which roles. */
export function ProfileCard({ me }: { me: Me }) {
  const name = me.name || me.email
  return (
    <section className="card" aria-labelledby="profile-title">
      <header>
        <h2 id="profile-title">Profile</h2>
      </header>
      <div className="body">
        <div className="profile">
          <Avatar name={name} />
          <div className="col">
            <b className="cut">{name}</b>
            <span className="sm muted cut">{me.email}</span>
          </div>
        </div>
        <dl className="kv">
          <dt>Workspace</dt>
          <dd>{me.tenant?.name ?? "none"}</dd>
          <dt>Roles</dt>
          <dd className="row wrap g1">
            {me.roles.length === 0
              ? "none"
              : me.roles.map((role) => <Badge key={role.key}>{role.label}</Badge>)}
          </dd>
        </dl>
      </div>
    </section>
  )
}
