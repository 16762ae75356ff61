/* Passkeys: hands the page's button to allauth's script, shows it only where the browser knows passkeys,
   and says in French when the key did not answer. */
(function () {
  const IDS = { loginForm: 'login', addForm: 'add', authenticateForm: 'authenticate' }
  const button = document.querySelector('[data-webauthn]')
  if (!button || !window.PublicKeyCredential) return

  const kind = button.dataset.webauthn
  const ids = { credential: button.dataset.credential, [IDS[kind]]: button.id }
  if (button.dataset.passwordless) ids.passwordless = button.dataset.passwordless
  if (document.getElementById('js_data')) ids.data = 'js_data'
  window.allauth.webauthn.forms[kind]({ ids })

  const frame = button.closest('[data-passkey]')
  if (frame) frame.hidden = false
  button.hidden = false

  const failed = document.getElementById('passkey-failed')
  button.addEventListener('click', function () { failed.hidden = true })
  document.addEventListener('allauth.error', function (event) {
    event.preventDefault()
    failed.hidden = false
  })
})()
