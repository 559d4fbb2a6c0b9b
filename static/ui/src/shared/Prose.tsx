import { Fragment } from "react"

/** A message from the server: a sentence that begins with a capital, with names in backticks as code. */
export function Prose({ text }: { text: string }) {
  const parts = sentence(text).split(/`([^`]+)`/)
  return parts.map((part, at) =>
    at % 2 ? <code key={at}>{part}</code> : <Fragment key={at}>{part}</Fragment>,
  )
}

export function sentence(text: string): string {
  return /^\p{Ll}/u.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text
}
