/** A pinned output as text. Pure. */

export type ParsedPin = { pin: Record<string, unknown> } | { error: string }

/** An object of outputs by port, or what is wrong with the text. */
export function parsePin(text: string): ParsedPin {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (reason) {
    const detail = reason instanceof Error ? reason.message.replace(/^JSON\.parse: /, "") : ""
    return { error: `This is not JSON yet. ${detail}` }
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { error: 'Write the outputs by port: {"result": …}.' }
  if (!Object.keys(value).length) return { error: 'Name at least one output: {"result": …}.' }
  return { pin: value as Record<string, unknown> }
}
