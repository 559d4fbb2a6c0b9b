/** A small vocabulary for tests. */
import type { OperatorFacts, Vocabulary } from "./vocabulary"

const ANY = ["text", "number", "boolean", "level", "datetime"]

const operator = (name: string, label: string, takes: string, kinds = ANY, more = {}): OperatorFacts => ({
  name,
  label,
  takes,
  kinds,
  takes_path: true,
  default_path: null,
  default_value_path: null,
  ...more,
})

export const SOME_WORDS: Vocabulary = {
  paths: [
    { path: "user.region", label: "Region", kind: "text", allowed: ["UK", "IE", "US"] },
    { path: "user.clearance", label: "Clearance", kind: "level", allowed: null },
    { path: "user.seniority", label: "Seniority", kind: "number", allowed: null },
    { path: "user.is_active", label: "Active", kind: "boolean", allowed: null },
    { path: "user.roles", label: "Roles", kind: "list_text", allowed: null },
    { path: "user.id", label: "Id", kind: "text", allowed: null },
    { path: "resource.classification", label: "Classification", kind: "level", allowed: null },
    { path: "resource.region", label: "Region", kind: "text", allowed: null },
    { path: "resource.tags", label: "Tags", kind: "list_text", allowed: null },
    { path: "env.at", label: "Time", kind: "datetime", allowed: null },
    { path: "env.ip", label: "Address", kind: "text", allowed: null },
  ],
  operators: [
    operator("equals", "is", "scalar"),
    operator("not_in", "is none of", "list", ["text", "number", "level"]),
    operator("between", "is between", "range", ["number", "datetime"], { takes_path: false }),
    operator("greater_than", "is greater than", "number", ["number", "datetime"]),
    operator("contains_any", "has one of", "list", ["list_text", "list_number"]),
    operator("security_level_meets", "is at least the level", "level", ["level", "text"]),
    operator("security_level_below", "is below the level", "level", ["level", "text"]),
    operator("exists", "is set", "none", [...ANY, "list_text", "list_number"], { takes_path: false }),
    operator("is_owner", "is the owner", "none", ANY, {
      default_path: "user.id",
      default_value_path: "resource.owner_id",
    }),
    operator("time_between", "is at a time between", "times", ["datetime"], {
      default_path: "env.at",
      takes_path: false,
    }),
    operator("ip_in", "comes from one of the networks", "networks", ["text"], {
      default_path: "env.ip",
      takes_path: false,
    }),
  ],
  actions: [
    { name: "workflow.view", label: "see workflows", resource_type: "workflow" },
    { name: "data.reveal", label: "see masked values for a while", resource_type: "data" },
  ],
  resource_types: [
    { name: "workflow", label: "Workflow" },
    { name: "run", label: "Run" },
  ],
  levels: [
    { key: "internal", label: "Internal", rank: 1 },
    { key: "secret", label: "Secret", rank: 3 },
  ],
  roles: [{ key: "analyst", label: "Analyst" }],
}
