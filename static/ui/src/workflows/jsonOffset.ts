/** Where a broken JSON text breaks. Browsers' own messages name the place only sometimes, and each in its own words. */

const TOKEN =
  // eslint-disable-next-line no-control-regex -- JSON texts may not hold bare control characters
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(true|false|null)|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?))/y

type Expect = "value" | "value or ]" | "key" | "key or }" | "colon" | ", or ]" | ", or }" | "end"

interface State {
  expect: Expect
  readonly open: ("{" | "[")[]
}

function afterValue(state: State): void {
  const inside = state.open.at(-1)
  state.expect = inside === undefined ? "end" : inside === "{" ? ", or }" : ", or ]"
}

function opens(state: State, mark: "{" | "["): boolean {
  if (state.expect !== "value" && state.expect !== "value or ]") return false
  state.open.push(mark)
  state.expect = mark === "{" ? "key or }" : "value or ]"
  return true
}

function closes(state: State, mark: string): boolean {
  const fits = mark === "}" ? ["key or }", ", or }"] : ["value or ]", ", or ]"]
  if (!fits.includes(state.expect)) return false
  state.open.pop()
  afterValue(state)
  return true
}

function punctuation(state: State, mark: string): boolean {
  if (mark === "{" || mark === "[") return opens(state, mark)
  if (mark === "}" || mark === "]") return closes(state, mark)
  if (mark === ":") {
    if (state.expect !== "colon") return false
    state.expect = "value"
    return true
  }
  if (state.expect === ", or }") state.expect = "key"
  else if (state.expect === ", or ]") state.expect = "value"
  else return false
  return true
}

function word(state: State, isText: boolean): boolean {
  if (state.expect === "key" || state.expect === "key or }") {
    state.expect = "colon"
    return isText
  }
  if (state.expect !== "value" && state.expect !== "value or ]") return false
  afterValue(state)
  return true
}

/** The offset of the first character that cannot stand where it is; the text's length when it ends too early. */
export function jsonErrorOffset(text: string): number {
  const state: State = { expect: "value", open: [] }
  let at = 0
  for (;;) {
    TOKEN.lastIndex = at
    const token = TOKEN.exec(text)
    const start = at + (/^[ \t\n\r]*/.exec(text.slice(at, at + 4096))?.[0].length ?? 0)
    if (!token) return start
    const fits = token[1] === undefined ? word(state, token[2] !== undefined) : punctuation(state, token[1])
    if (!fits) return start
    at = TOKEN.lastIndex
  }
}
