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

/** The refusal in words, where no field says it already. */
export const failureText = (reason: unknown, otherwise: string): string =>
  reason instanceof Error ? reason.message : otherwise
