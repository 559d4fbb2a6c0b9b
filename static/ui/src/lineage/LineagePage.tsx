import { useCallback } from "react"
import { useLocation, useSearch } from "wouter"
import { Crumbs } from "../shell/Crumbs"
import { Topbar } from "../shell/Topbar"
import { DatasetList } from "./DatasetList"
import { LineageStage } from "./LineageStage"
import { lineagePath, readPlace, type LineagePlace } from "./place"
import "./LineagePage.css"

/** Where data came from and what was made of it, column by column. */
export default function LineagePage() {
  const search = useSearch()
  const place = readPlace(search)
  const [, navigate] = useLocation()
  const go = useCallback(
    (change: Partial<LineagePlace>) => {
      const before = readPlace(search)
      // another graph is another page; what is chosen of one is not
      const isOther = "dataset" in change && change.dataset !== before.dataset
      navigate(lineagePath({ ...before, ...change }), { replace: !isOther })
    },
    [navigate, search],
  )
  const isOpen = place.dataset !== null || place.workflow !== null
  return (
    <>
      <Topbar>
        <Crumbs
          items={
            isOpen ? [{ label: "Datasets", href: "/lineage" }, { label: "Lineage" }] : [{ label: "Lineage" }]
          }
        />
      </Topbar>
      {isOpen ? (
        <LineageStage place={place} onGo={go} />
      ) : (
        <DatasetList search={place.search} onSearch={(text) => go({ search: text })} />
      )}
    </>
  )
}
