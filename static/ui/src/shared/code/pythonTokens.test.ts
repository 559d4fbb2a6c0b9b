import { describe, expect, it } from "vitest"

import { pythonLines } from "./pythonTokens"

const marked = (code: string) =>
  pythonLines(code).map((line) => line.map(({ kind, text }) => (kind ? `${kind}<${text}>` : text)).join(""))

describe("Python in colours", () => {
  it("marks keywords, texts, numbers, comments and calls", () => {
    expect(marked('for row in rows: # all\n    print(f"{row}", 1_000.5)')).toEqual([
      "k<for> row k<in> rows: c<# all>",
      '    f<print>(s<f"{row}">, n<1_000.5>)',
    ])
  })

  it("keeps a text over several lines a text", () => {
    expect(marked('x = """a\n# b"""\ny')).toEqual(['x = s<"""a>', 's<# b""">', "y"])
  })

  it("leaves no character out, also in broken code", () => {
    const code = "def f(:\n\t\"open\nelse ☃ '\\"

    expect(
      pythonLines(code)
        .map((line) => line.map((token) => token.text).join(""))
        .join("\n"),
    ).toBe(code)
  })

  it("has a line for each line", () => {
    expect(pythonLines("a\n\nb")).toHaveLength(3)
    expect(pythonLines("")).toHaveLength(1)
  })
})
