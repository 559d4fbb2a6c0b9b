import { queryOptions, useQuery } from "@tanstack/react-query"
import { api, body, bodyAs } from "../api/client"
import { usePages, useRefresh } from "../api/pages"
import type { Page } from "../api/types"
import type { Fault, PolicyDocument } from "./model/rule"
import { inShort, NO_VOCABULARY, type Vocabulary } from "./model/vocabulary"
import type {
  Activation,
  Impact,
  Imported,
  NewPolicy,
  NewTestCase,
  Policy,
  PolicyStatus,
  Revision,
  RevisionDetail,
  Simulated,
  Simulation,
  TestCase,
} from "./types"

const ONE = "/api/v1/policies/{policy_id}/"
const at = (id: string) => ({ params: { path: { policy_id: id } } })

export interface PolicyFilters {
  search: string
  status: PolicyStatus | null
  effect: "allow" | "deny" | null
}

export function usePolicies({ search, status, effect }: PolicyFilters) {
  const query = { search: search || undefined, status: status ?? undefined, effect: effect ?? undefined }
  return usePages({
    key: ["policies", query],
    read: (page, signal) =>
      bodyAs<Page<Policy>>(
        api.GET("/api/v1/policies/", { params: { query: { ...query, ...page } }, signal }),
      ),
    everyMs: 30_000,
  })
}

export const readPolicy = (id: string): Promise<Policy> => bodyAs(api.GET(ONE, at(id)))

/** Read again while it is open: others may work on it too. */
export function usePolicy(id: string) {
  return useQuery({ queryKey: ["policy", id], queryFn: () => readPolicy(id), refetchInterval: 15_000 })
}

const vocabulary = queryOptions({
  queryKey: ["rule-words"],
  queryFn: async () => inShort(await bodyAs<Vocabulary>(api.GET("/api/v1/policies/vocabulary/", {}))),
  staleTime: 60_000,
})

export const useVocabulary = (): Vocabulary => useQuery(vocabulary).data ?? NO_VOCABULARY

/** Call it after a change: whatever shows policies is read again. */
export const useRefreshPolicies = () =>
  useRefresh("policies", "policy", "policy-cases", "policy-revisions", "policy-simulation")

export const createPolicy = (policy: NewPolicy): Promise<Policy> =>
  bodyAs(api.POST("/api/v1/policies/", { body: policy }))

export async function deletePolicy(id: string): Promise<void> {
  await api.DELETE(ONE, at(id))
}

export async function checkPolicy(document: PolicyDocument): Promise<readonly Fault[]> {
  return (await body(api.POST("/api/v1/policies/validate/", { body: sent(document) }))).problems
}

export const saveDraft = (id: string, document: PolicyDocument, version: number): Promise<Policy> =>
  bodyAs(
    api.PUT("/api/v1/policies/{policy_id}/draft/", {
      ...at(id),
      body: { version, document: sent(document) },
    }),
  )

export async function discardDraft(id: string, version: number): Promise<void> {
  const params = { path: { policy_id: id }, query: { version } }
  await api.DELETE("/api/v1/policies/{policy_id}/draft/", { params })
}

export const activate = (id: string, asked: Activation): Promise<Policy> =>
  bodyAs(api.POST("/api/v1/policies/{policy_id}/activate/", { ...at(id), body: asked }))

/** Of the draft where there is one, else of the revision. */
export const approve = ({ id, draft, draft_version, revision }: Policy): Promise<Policy> =>
  bodyAs(
    api.POST("/api/v1/policies/{policy_id}/approve/", {
      ...at(id),
      body: draft ? { draft_version } : { revision },
    }),
  )

export function useRevisions(id: string) {
  return usePages({
    key: ["policy-revisions", id],
    read: (page, signal) =>
      bodyAs<Page<Revision>>(
        api.GET("/api/v1/policies/{policy_id}/revisions/", {
          params: { path: { policy_id: id }, query: page },
          signal,
        }),
      ),
  })
}

export function useRevision(id: string, revision: number | null) {
  return useQuery({
    queryKey: ["policy-revisions", id, revision],
    queryFn: () =>
      bodyAs<RevisionDetail>(
        api.GET("/api/v1/policies/{policy_id}/revisions/{revision}/", {
          params: { path: { policy_id: id, revision: revision ?? 0 } },
        }),
      ),
    enabled: revision !== null,
    staleTime: Infinity,
  })
}

export const rollBack = (id: string, number: number, revision: number, note: string): Promise<Policy> =>
  bodyAs(api.POST("/api/v1/policies/{policy_id}/rollback/", { ...at(id), body: { number, revision, note } }))

/** The test cases, each as it goes with what is saved; `version` changes when that does. */
export function useTestCases(id: string, version: string) {
  return useQuery({
    queryKey: ["policy-cases", id, version],
    queryFn: async () =>
      (await bodyAs<Page<TestCase>>(api.GET("/api/v1/policies/{policy_id}/test-cases/", at(id)))).results,
    placeholderData: (before) => before,
    staleTime: 0,
  })
}

export const addTestCase = (id: string, test: NewTestCase): Promise<TestCase> =>
  bodyAs(api.POST("/api/v1/policies/{policy_id}/test-cases/", { ...at(id), body: test }))

const caseOf = (id: string, test: string) => ({ params: { path: { policy_id: id, case_id: test } } })

export const changeTestCase = (id: string, test: string, changed: NewTestCase): Promise<TestCase> =>
  bodyAs(
    api.PUT("/api/v1/policies/{policy_id}/test-cases/{case_id}/", { ...caseOf(id, test), body: changed }),
  )

export async function deleteTestCase(id: string, test: string): Promise<void> {
  await api.DELETE("/api/v1/policies/{policy_id}/test-cases/{case_id}/", caseOf(id, test))
}

export const simulate = (asked: Simulation): Promise<Simulated> =>
  bodyAs(api.POST("/api/v1/policies/simulate/", { body: asked }))

/** What is odd about a rule that has no faults. */
export function useFindings(id: string, document: PolicyDocument | null) {
  return useQuery({
    queryKey: ["policy-findings", id, JSON.stringify(document)],
    queryFn: async () => {
      if (!document) return []
      const asked = { id, document: sent(document) }
      return (await body(api.POST("/api/v1/policies/lint/", { body: asked }))).findings
    },
    enabled: document !== null,
    staleTime: 10_000,
  })
}

export const beginImpact = (id: string, document: PolicyDocument, days: number): Promise<Impact> =>
  body(api.POST("/api/v1/policies/impact/", { body: { policy_id: id, document: sent(document), days } }))

/** Goes on with it, and says how far it is. */
export const goOn = (impact: string): Promise<Impact> =>
  body(api.GET("/api/v1/policies/impact/{impact_id}/", { params: { path: { impact_id: impact } } }))

export const exportPolicies = (): Promise<{ policies: Record<string, unknown>[] }> =>
  bodyAs(api.GET("/api/v1/policies/export/", {}))

export const importPolicies = (policies: Record<string, unknown>[]): Promise<Imported> =>
  bodyAs(api.POST("/api/v1/policies/import/", { body: { policies } }))

/** A document as the API takes it: lists that nobody changes become lists. */
export function sent({ resources, actions, condition, ...rest }: PolicyDocument) {
  return {
    ...rest,
    resources: [...resources],
    actions: [...actions],
    condition: condition && { ...condition },
  }
}
