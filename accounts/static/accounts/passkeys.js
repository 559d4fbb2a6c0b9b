// Forms that a passkey answers: the browser is asked on submit, and its answer is sent as the field `credential`.
// Without passkeys, or without this script, the forms stay hidden or say so; passwords and codes work as they are.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function optionsOf(form) {
  if (form.dataset.passkey) return JSON.parse(document.getElementById(form.dataset.passkey).textContent);
  const answer = await fetch(form.dataset.passkeyAt, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return (await answer.json()).options;
}

async function ask(options) {
  const { publicKey } = options;
  const found = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: (publicKey.allowCredentials ?? []).map((each) => ({ ...each, id: bytes(each.id) })),
    },
  });
  const { response } = found;
  return {
    id: found.id,
    rawId: text(found.rawId),
    type: found.type,
    authenticatorAttachment: found.authenticatorAttachment,
    clientExtensionResults: found.getClientExtensionResults(),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    },
  };
}

for (const form of document.querySelectorAll("form[data-passkey], form[data-passkey-at]")) {
  if (!window.PublicKeyCredential) {
    form.hidden = true;
    continue;
  }
  form.hidden = false;
  const note = form.querySelector(".note[role=alert]:last-child");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    note.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await ask(await optionsOf(form)));
    } catch {
      note.hidden = false;
      return;
    }
    form.submit();
  });
}
