import { useEffect, useState } from "react"
import { useLocation } from "wouter"
import { Opened } from "../shell/Opened"
import { Topbar } from "../shell/Topbar"
import { Crumbs } from "../shell/Crumbs"
import { usePolicy, useRefreshPolicies, useVocabulary, checkPolicy, readPolicy, saveDraft } from "./api"
import { DraftKeeper } from "./draftKeeper"
import { PolicyScreen } from "./PolicyScreen"
import type { Policy } from "./types"
import "./PolicyPage.css"

/** One policy: its rule, what it would change, whether its tests pass, and whom it lets do what. */
export default function PolicyPage({ id }: { id: string }) {
  const policy = usePolicy(id)
  const [, navigate] = useLocation()
  return (
    <Opened what="policy" query={policy} onClose={() => navigate("/policies")}>
      {(found) => <Loaded policy={found} />}
    </Opened>
  )
}

function Loaded({ policy }: { policy: Policy }) {
  const words = useVocabulary()
  const refresh = useRefreshPolicies()
  const { id } = policy
  const maySave = policy.can.includes("policy.manage")
  const [keeper, setKeeper] = useState<DraftKeeper | null>(null)
  useEffect(() => {
    const made = new DraftKeeper(policy, {
      check: checkPolicy,
      save: (document, version) => saveDraft(id, document, version),
      read: () => readPolicy(id),
      maySave,
      onSaved: () => void refresh(),
    })
    setKeeper(made)
    return () => {
      void made.flush().finally(() => made.stop())
    }
    // one keeper for as long as the page is open
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id, maySave])
  useEffect(() => keeper?.see(policy), [keeper, policy])
  if (!keeper) {
    return (
      <Topbar>
        <Crumbs items={[{ label: "Policies", href: "/policies" }, { label: policy.label }]} />
      </Topbar>
    )
  }
  return <PolicyScreen keeper={keeper} words={words} readOnly={!maySave} />
}
