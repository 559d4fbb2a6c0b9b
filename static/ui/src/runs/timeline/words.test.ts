import { expect, it } from "vitest"

import type { Row } from "./rows"
import { ordinal, rowWords, segmentWords } from "./words"

const ROW: Row = {
  attempts: [
    {
      attempt: 1,
      status: "failed",
      errorCode: "x",
      segments: [
        { kind: "run", from: 0, to: 400 },
        { kind: "retry", from: 400, to: 1_400 },
      ],
    },
    { attempt: 2, status: "succeeded", errorCode: null, segments: [{ kind: "run", from: 1_400, to: 2_000 }] },
  ],
}

it("says how long a node worked, in which try, over how many iterations", () => {
  const iterations = { total: 6, done: 4, failed: 1, running: [], failed_first: [4] }

  expect(rowWords(ROW, 5_000, null)).toBe("1.0 s, 2nd try")
  expect(rowWords(ROW, 5_000, iterations)).toBe("1.0 s, 2nd try, 5 of 6, 1 failed")
  expect(rowWords({ attempts: [] }, 5_000, null)).toBe("")
})

it("says what a stretch is", () => {
  expect(segmentWords(ROW.attempts[0]!, 0, 0)).toBe("Attempt 1, failed try, 0.40 s")
  expect(segmentWords(ROW.attempts[0]!, 1, 0)).toBe("Attempt 1, back-off, 1.0 s")
})

it("counts in order", () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 102, 111].map(ordinal).join(" ")).toBe(
    "1st 2nd 3rd 4th 11th 12th 13th 21st 102nd 111th",
  )
})
