import { useQuery } from "@tanstack/react-query"
import { api, body } from "../api/client"
import type { About, Attribute, Case, NewCase, ViewAs, Viewer } from "./types"

/** Begins to look at something as somebody else; the audit tells of it. */
export function beginView(about: About, viewer: Viewer): Promise<ViewAs> {
  if ("run" in about) {
    const path = { run_id: about.run }
    return body(api.POST("/api/v1/runs/{run_id}/view-as/", { params: { path }, body: viewer }))
  }
  const path = { workflow_id: about.workflow }
  return body(api.POST("/api/v1/workflows/{workflow_id}/view-as/", { params: { path }, body: viewer }))
}

const PEOPLE = 20

/** The first people whose name or address has the words. */
export function usePeople(search: string) {
  return useQuery({
    queryKey: ["users", "found", search],
    queryFn: async () => {
      const query = { limit: PEOPLE, is_active: true, ...(search ? { search } : {}) }
      return (await body(api.GET("/api/v1/users/", { params: { query } }))).results
    },
    placeholderData: (before) => before,
  })
}

const NO_ATTRIBUTES: readonly Attribute[] = []

/** The attributes that people can have; empty until known. */
export function usePersonAttributes(): readonly Attribute[] {
  return (
    useQuery({
      queryKey: ["attributes", "of people"],
      queryFn: async () =>
        (await body(api.GET("/api/v1/attributes/", {}))).results.filter((one) => one.applies_to === "user"),
    }).data ?? NO_ATTRIBUTES
  )
}

const NO_POLICIES: readonly { value: string; label: string }[] = []

/** Policies to keep a question with; those that are in force first. */
export function usePolicyNames() {
  return (
    useQuery({
      queryKey: ["policies", "names"],
      queryFn: async () => {
        const { results } = await body(api.GET("/api/v1/policies/", { params: { query: { limit: 200 } } }))
        return [...results]
          .sort((a, b) => Number(b.status === "active") - Number(a.status === "active"))
          .map(({ id, key, label }) => ({ value: id, label: label || key, key }))
      },
    }).data ?? NO_POLICIES
  )
}

export const saveCase = (policy: string, question: NewCase): Promise<Case> =>
  body(
    api.POST("/api/v1/policies/{policy_id}/test-cases/", {
      params: { path: { policy_id: policy } },
      body: question,
    }),
  )
