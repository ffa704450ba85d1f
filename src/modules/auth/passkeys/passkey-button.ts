import { html } from '../../../platform/http/html.ts'

/** Shown by the script where the browser knows passkeys. */
export const passkeyButton = html`<button id="passkey" type="button" hidden>Sign in with a passkey</button><p id="passkey-says" role="status"></p>`

/**
 * What the button does: WebAuthn level 3, 5.1.4, with the JSON forms of 5.1.8 and 5.1.9. It demands that the device knows its
 * user, so that no second factor is asked for afterwards.
 */
export const passkeyScript = `
const button = document.getElementById('passkey')
const says = document.getElementById('passkey-says')
button.hidden = !window.PublicKeyCredential?.parseRequestOptionsFromJSON
const post = async (path, body) => {
  const headers = body && { 'content-type': 'application/json' }
  const answer = await fetch('/v1/auth/passkeys/' + path, { method: 'POST', headers, body: body && JSON.stringify(body) })
  const { success, message, data } = await answer.json()
  if (!success) throw new Error(message)
  return data
}
button.addEventListener('click', async () => {
  try {
    const options = { ...(await post('sign-in/options')), userVerification: 'required' }
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
    const credential = await navigator.credentials.get({ publicKey })
    const { challengeToken } = await post('sign-in', { credential: credential.toJSON() })
    if (challengeToken !== undefined) throw new Error('unlock the passkey by finger, face or PIN.')
    const to = document.querySelector('[name=to]').value
    if (to !== '') location.assign(to)
    says.textContent = 'You are signed in.'
  } catch (error) {
    says.textContent = 'That did not work: ' + error.message
  }
})
`
