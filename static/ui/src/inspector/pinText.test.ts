import { expect, it } from "vitest"
import { parsePin } from "./pinText"

it("takes outputs by port, and says what is wrong with anything else", () => {
  expect(parsePin('{"result": [1, 2]}')).toEqual({ pin: { result: [1, 2] } })
  expect(parsePin("[1]")).toEqual({ error: 'Write the outputs by port: {"result": …}.' })
  expect(parsePin("{}")).toEqual({ error: 'Name at least one output: {"result": …}.' })
  expect(parsePin('{"result": ')).toMatchObject({ error: expect.stringContaining("not JSON yet") })
})
