import { ApiProblem } from "./problem"

export type FieldErrors = Readonly<Record<string, string>>

export const NO_ERRORS: FieldErrors = {}

/** What a refusal says of single fields, by their path (`config.cron`); the first of each. */
export function fieldErrors(reason: unknown): FieldErrors {
  if (!(reason instanceof ApiProblem)) return NO_ERRORS
  const errors: Record<string, string> = {}
  for (const { field, message, hint } of reason.errors) {
    if (field && !(field in errors)) errors[field] = hint ? `${message} ${hint}` : message
  }
  return errors
}

/** The refusal in words; without the paths of fields, which the form marks. */
export function failureText(reason: unknown, otherwise: string): string {
  if (reason instanceof ApiProblem && reason.errors.length > 0)
    return [...new Set(reason.errors.map((error) => error.message))].join(" ")
  return reason instanceof Error ? reason.message : otherwise
}
