import { expect, it } from "vitest"
import { firstErrorOf, readValues } from "./form"

it("reads values by type", () => {
  expect(readValues("text", "eu\n\n us ")).toEqual(["eu", "us"])
  expect(readValues("number", "1\n2.5")).toEqual([1, 2.5])
  expect(readValues("number", "many")).toEqual(["many"])
  expect(readValues("text", "7")).toEqual(["7"])
  expect(readValues("text", " \n")).toBeNull()
})

it("names the line of a value that does not fit", () => {
  expect(firstErrorOf({ "allowed.1": "It is not of the type." }, "allowed")).toBe(
    "Line 2: It is not of the type.",
  )
  expect(firstErrorOf({ allowed: "None." }, "allowed")).toBe("None.")
  expect(firstErrorOf({}, "allowed")).toBeUndefined()
})
