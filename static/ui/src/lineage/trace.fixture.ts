/** A graph to try things on: applications for loans, scored from two sources into a table and a report. */
import type { GraphEdge, GraphNode, LineageGraph, Tier } from "./types"

const node = (id: string, kind: GraphNode["kind"], name: string, columns: string[]): GraphNode => ({
  id,
  kind,
  name,
  detail: kind === "step" ? "Python, v14" : "PostgreSQL",
  system: kind === "step" ? "" : "PostgreSQL",
  icon: kind === "step" ? "code" : null,
  category: kind === "step" ? "code" : null,
  workflow: kind === "step" ? { id: "w1", name: "Lending" } : null,
  step: kind === "step" ? id : null,
  version: kind === "step" ? 14 : null,
  classification: "confidential",
  columns: columns.map((name) => ({ name, type: "number", masked: name === "income_band" ? "range" : null })),
})

const edge = (wire: string, tier: Tier = "exact"): GraphEdge => {
  const [from = "", from_column = "", to = "", to_column = ""] = wire.split(/[.>]/)
  return {
    from,
    from_column,
    to,
    to_column,
    tier,
    how: tier === "exact" ? "from code line 3" : "read in the code",
  }
}

export const LENDING: LineageGraph = {
  focus: { id: "sco", column: "score" },
  nodes: [
    node("crm", "dataset", "crm.customers", ["customer_id", "income", "postcode"]),
    node("bur", "dataset", "bureau.report", ["accounts", "late_12m", "searches"]),
    node("val", "step", "Validate fields", ["income", "loan_amount"]),
    node("sco", "step", "Score default risk", ["ratio", "score", "reasons"]),
    node("dwh", "dataset", "dwh.decisions", ["applicant", "score", "band"]),
    node("rep", "dataset", "risk_report.parquet", ["band", "income_band", "decided_at"]),
  ],
  edges: [
    edge("crm.income>val.income"),
    edge("crm.customer_id>val.loan_amount"),
    edge("val.income>sco.ratio"),
    edge("bur.late_12m>sco.score", "inferred"),
    edge("bur.accounts>sco.score", "inferred"),
    edge("sco.score>dwh.score"),
    edge("sco.score>dwh.band"),
    edge("sco.score>rep.band"),
    edge("val.income>rep.income_band"),
  ],
  truncated: false,
}
