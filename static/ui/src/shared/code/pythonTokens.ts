/** Python as coloured stretches, for code that is only shown. The editor has a real parser; this one is 1 KiB. */

export type TokenKind = "k" | "s" | "n" | "c" | "f" | null

export interface Token {
  readonly kind: TokenKind
  readonly text: string
}

const KEYWORDS = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from " +
    "global if import in is lambda nonlocal not or pass raise return try while with yield match case"
  ).split(" "),
)

/** In this order: comment, text in three or one quotes, number, name, anything else. */
const TOKEN =
  /(#[^\n]*)|((?:\b[rbfuRBFU]{1,2})?(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))|(\b\d[\d_.]*(?:[eE][+-]?\d+)?j?\b|\b0[xob][\da-fA-F_]+\b)|([\p{L}_][\p{L}\p{N}_]*)|([\s\S])/gu

function kindOfName(name: string, before: string, code: string, end: number): TokenKind {
  if (KEYWORDS.has(name)) return "k"
  if (before === "def" || before === "class") return "f"
  return code[end] === "(" ? "f" : null
}

/** The lines of a program, each as tokens. A text over several lines is cut at their ends. */
export function pythonLines(code: string): readonly (readonly Token[])[] {
  const lines: Token[][] = [[]]
  let before = ""
  const push = (kind: TokenKind, text: string) => {
    const last = lines[lines.length - 1]!.at(-1)
    if (last && last.kind === kind) lines[lines.length - 1]!.splice(-1, 1, { kind, text: last.text + text })
    else if (text) lines[lines.length - 1]!.push({ kind, text })
  }
  for (const match of code.matchAll(TOKEN)) {
    const [text, comment, quoted, number, name] = match
    let kind: TokenKind = null
    if (comment !== undefined) kind = "c"
    else if (quoted !== undefined) kind = "s"
    else if (number !== undefined) kind = "n"
    else if (name !== undefined) kind = kindOfName(name, before, code, match.index + text.length)
    if (name !== undefined) before = name
    else if (text.trim()) before = ""
    text.split("\n").forEach((part, index) => {
      if (index > 0) lines.push([])
      push(kind, part)
    })
  }
  return lines
}
