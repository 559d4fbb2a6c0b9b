import { useMemo, useState } from "react"
import { useLocation, useSearch } from "wouter"
import { fieldErrors, NO_ERRORS } from "../api/fieldErrors"
import { useCan } from "../api/me"
import { Crumbs } from "../shell/Crumbs"
import { LoadError } from "../shell/LoadError"
import { Topbar } from "../shell/Topbar"
import { Button } from "../shared/Button"
import { EmptyState } from "../shared/EmptyState"
import { plural } from "../shared/format"
import { ListFoot } from "../shared/ListFoot"
import { SearchInput } from "../shared/SearchInput"
import { SkeletonRows } from "../shared/Skeleton"
import { useMask, useMasks, useReach } from "./api"
import { documentOf, formOf, lackOf, NEW_RULE, suggestedForm, type RuleForm } from "./form"
import { PreviewPane } from "./PreviewPane"
import { RuleEditor } from "./RuleEditor"
import { RuleList } from "./RuleList"
import { SuggestionList } from "./SuggestionList"
import type { Mask } from "./types"
import { useSettled } from "./useSettled"
import "./MaskingPage.css"

/** Which fields are masked, how and for whom: the rules, one of them, and what it does to real data. */
export default function MaskingPage() {
  const [, navigate] = useLocation()
  const asked = new URLSearchParams(useSearch())
  const [search, setSearch] = useState("")
  const mayChange = useCan("policy.manage")
  const list = useMasks(search)
  const rules = list.data?.pages.flatMap((page) => page.results) ?? []
  const wanted = asked.get("rule")
  const isNew = wanted === "new" && mayChange
  const id = isNew ? null : (wanted ?? rules[0]?.id ?? null)
  return (
    <>
      <Topbar>
        <Crumbs items={[{ label: "Masking" }]} />
      </Topbar>
      {list.isError && rules.length === 0 ? (
        <LoadError what="the masking rules" error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <div className="masking">
          <section className="masking-list" aria-label="Rules">
            <div className="row">
              <b className="h2">{plural(rules.length, "rule")}</b>
              {mayChange && (
                <span className="end">
                  <Button size="sm" icon="plus" onClick={() => navigate("/masking?rule=new")}>
                    Rule
                  </Button>
                </span>
              )}
            </div>
            <SearchInput
              label="Find a rule"
              placeholder="Name or field"
              width="100%"
              value={search}
              onChange={setSearch}
            />
            {list.isPending && <SkeletonRows rows={5} height={56} />}
            <RuleList rules={rules} selected={id} />
            {list.hasNextPage && (
              <ListFoot more loading={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()}>
                {plural(rules.length, "rule")}
              </ListFoot>
            )}
            {mayChange && <SuggestionList />}
          </section>
          <Opened
            id={id}
            fresh={isNew ? freshForm(asked) : null}
            freshKey={asked.toString()}
            onSaved={(mask) => navigate(mask ? `/masking?rule=${mask.id}` : "/masking", { replace: true })}
            none={list.isSuccess && !isNew && id === null}
          />
        </div>
      )}
    </>
  )
}

function freshForm(asked: URLSearchParams): RuleForm {
  const field = asked.get("field")
  return field ? suggestedForm(field, asked.get("found") ?? "") : NEW_RULE
}

interface OpenedProps {
  id: string | null
  fresh: RuleForm | null
  freshKey: string
  none: boolean
  onSaved: (mask: Mask | null) => void
}

function Opened({ id, fresh, freshKey, none, onSaved }: OpenedProps) {
  const mask = useMask(id)
  if (fresh) return <Rule key={freshKey} mask={null} start={fresh} onSaved={onSaved} />
  if (none) {
    return (
      <EmptyState icon="eyeoff" title="Nothing is masked">
        A rule names a field, how it is masked, and who sees its value all the same.
      </EmptyState>
    )
  }
  if (mask.isError)
    return <LoadError what="this rule" error={mask.error} onRetry={() => void mask.refetch()} />
  if (!mask.data) return <SkeletonRows rows={6} />
  return <Rule key={mask.data.id} mask={mask.data} start={formOf(mask.data)} onSaved={onSaved} />
}

interface RuleProps {
  /** As it was just read; null for a new rule. */
  mask: Mask | null
  start: RuleForm
  onSaved: (mask: Mask | null) => void
}

function Rule({ mask: known, start, onSaved }: RuleProps) {
  // What is edited stays the revision that was read: saving tells when somebody else’s came between.
  const [mask, setMask] = useState(known)
  const [form, setForm] = useState(start)
  const isChanged = mask === null || JSON.stringify(form) !== JSON.stringify(formOf(mask))
  const adopt = (next: Mask) => {
    setMask(next)
    setForm(formOf(next))
  }
  if (known && mask && known.revision > mask.revision && !isChanged) adopt(known)
  const settled = useSettled(form)
  const rule = useMemo(() => (lackOf(settled) ? null : documentOf(settled)), [settled])
  const reach = useReach(rule)
  return (
    <>
      <section aria-label="Rule">
        <RuleEditor
          mask={mask}
          form={form}
          onForm={setForm}
          isChanged={isChanged}
          errors={reach.isError ? ofRule(reach.error) : NO_ERRORS}
          reach={reach.isSuccess && !reach.isPlaceholderData ? reach.data : undefined}
          onSaved={(saved) => {
            if (saved && mask) adopt(saved)
            onSaved(saved)
          }}
          onReload={() => known && adopt(known)}
        />
      </section>
      <PreviewPane rule={reach.isError ? null : rule} mask={mask} />
    </>
  )
}

/** The same places as of the rule itself. */
function ofRule(error: Error) {
  return Object.fromEntries(
    Object.entries(fieldErrors(error)).map(([field, message]) => [field.replace(/^rule\./, ""), message]),
  )
}
