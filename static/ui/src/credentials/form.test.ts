import { describe, expect, it } from "vitest"

import { fieldsOf, missing, startTexts, valuesOf } from "./form"

const SMTP = {
  type: "object",
  required: ["host", "password"],
  properties: {
    host: { type: "string", title: "Host" },
    port: { type: "integer", default: 587 },
    password: { type: "string", title: "Password", "x-widget": "secret" },
  },
}

describe("the form of a credential", () => {
  const fields = fieldsOf(SMTP)

  it("knows which fields are secret, and which have to be filled", () => {
    expect(fields.map(({ key, isSecret, required }) => [key, isSecret, required])).toEqual([
      ["host", false, true],
      ["port", false, false],
      ["password", true, true],
    ])
  })

  it("starts with what is known, and never with a secret", () => {
    expect(startTexts(fields, { host: "mail.local", password: "seen" })).toEqual({
      host: "mail.local",
      port: "587",
      password: "",
    })
  })

  it("sends numbers as numbers, and leaves a secret out that was not typed", () => {
    expect(valuesOf(fields, { host: "mail.local", port: "25", password: "" })).toEqual({
      host: "mail.local",
      port: 25,
    })
  })

  it("asks for the secret of a new credential only", () => {
    const texts = { host: "mail.local", port: "25", password: "" }

    expect(missing(fields, texts, true).map((field) => field.key)).toEqual(["password"])
    expect(missing(fields, texts, false)).toEqual([])
  })
})
