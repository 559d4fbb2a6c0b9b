import type { FieldError } from "../api/problem"
import type { GraphProblem } from "../api/types"

/** A refusal's located error, in the form in which the draft's own problems come. */
export function asGraphProblem(error: FieldError): GraphProblem {
  return {
    code: error.code ?? "invalid",
    message: error.message,
    node: error.node ?? null,
    field: error.field ?? null,
    severity: error.severity ?? "error",
    line: error.line ?? null,
    hint: error.hint ?? null,
  }
}
