(async () => {
  const options = PUBLIC_KEY;
  const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  const encode = (data) => btoa(String.fromCharCode(...new Uint8Array(data))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  for (const name of Object.keys(options)) {
    if (options[name] === null || options[name] === '') delete options[name];
  }
  let publicKey;
  if (PublicKeyCredential.parseRequestOptionsFromJSON) {
    publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  } else {
    const allowCredentials = (options.allowCredentials || []).map((c) => ({ ...c, id: decode(c.id) }));
    publicKey = { ...options, challenge: decode(options.challenge), allowCredentials };
  }
  console.log('Ahora haga clic en cualquier parte de la página de WhatsApp.');
  await new Promise((done) => addEventListener('click', done, { once: true, capture: true }));
  const { id, rawId, type, response } = await navigator.credentials.get({ publicKey });
  const answer = JSON.stringify({
    id,
    rawId: encode(rawId),
    type,
    response: {
      clientDataJSON: encode(response.clientDataJSON),
      authenticatorData: encode(response.authenticatorData),
      signature: encode(response.signature),
      userHandle: response.userHandle ? encode(response.userHandle) : null,
    },
  });
  console.log('Copie la línea siguiente y péguela en la página de donde tomó este texto:');
  console.log(answer);
})().catch((problem) => console.error('No se pudo responder: ' + problem.message));
