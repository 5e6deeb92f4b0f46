// Navixy: the hash of an API key or of a session, in a browser, as signing.py sends it.

export async function sign(request, { hash }) {
  request.headers.Authorization = `NVX ${hash}`;
}
