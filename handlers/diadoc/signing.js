// Kontur Diadoc: the Authorization header of its parts, in a browser, as signing.py makes it.

export async function sign(request, { client_id: client, token, access_token: bearer }) {
  if (client === undefined) {
    request.headers.Authorization = `Bearer ${bearer}`;
    return;
  }
  const user = token === undefined ? "" : `,ddauth_token=${token}`;
  request.headers.Authorization = `DiadocAuth ddauth_api_client_id=${client}${user}`;
}
