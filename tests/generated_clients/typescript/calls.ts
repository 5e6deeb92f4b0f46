// Calls every provider API of the gateway whose address is the argument, with types from its
// specs, and prints the responses. The compiler checks each path, body and response here.
import { createHash, createHmac } from "node:crypto";
import createClient, { type Middleware } from "openapi-fetch";
import type { paths as Diadoc } from "./diadoc.js";
import type { paths as Kraken } from "./kraken.js";
import type { paths as Machnet } from "./machnet.js";
import type { paths as Navixy } from "./navixy.js";

const baseUrl = process.argv[2]!;

async function navixy() {
  // An object in the query is spread: ?login=…&password=….
  const querySerializer = { object: { style: "form", explode: true } } as const;
  const client = createClient<Navixy>({ baseUrl: `${baseUrl}/v2`, querySerializer });
  const credentials = { login: "charles.pearson@example.com", password: "demo-password" };
  const login = await client.POST("/user/auth", { body: credentials });
  const again = await client.GET("/user/auth", { params: { query: { credentials } } });
  const hash = login.data!.hash;
  const update = await client.POST("/user/personal_info/update", {
    body: {
      hash,
      legal_type: "individual",
      first_name: "Charlotte",
      middle_name: "",
      last_name: "Pearson",
    },
  });
  const info = await client.POST("/user/get_info", { body: { hash } });
  const rejected = await client.POST("/user/get_info", { body: { hash: "0".repeat(32) } });
  return {
    loggedInAgain: again.data?.success,
    updated: update.data?.success,
    firstName: info.data?.user_info.first_name,
    rejected: rejected.error?.status.code,
  };
}

async function machnet() {
  const headers = { "X-Client-Id": "demo-client", "X-Client-Secret": "demo-secret" };
  const client = createClient<Machnet>({ baseUrl, headers });
  const created = await client.POST("/users", {
    body: { first_name: "Tenzin", last_name: "Norgay", email: "tenzin@example.com" },
  });
  const params = { path: { user_id: created.data!.id } };
  const update = await client.PATCH("/users/{user_id}", { params, body: { city: "Oslo" } });
  const user = await client.GET("/users/{user_id}", { params });
  const rejected = await client.PATCH("/users/{user_id}", { params, body: { country: "NO" } });
  return {
    created: created.data?.status,
    updated: update.response.status,
    city: user.data && "city" in user.data ? user.data.city : null,
    rejected: rejected.error?.code,
  };
}

async function diadoc() {
  const Accept = "application/json";
  const clientId = "DiadocAuth ddauth_api_client_id=demo-api-client";
  const client = createClient<Diadoc>({ baseUrl, headers: { Accept } });
  const login = await client.POST("/V3/Authenticate", {
    params: { query: { type: "password" } },
    headers: { Authorization: clientId },
    body: { login: "login@kontur.ru", password: "demo-password" },
    parseAs: "text",
  });
  const headers = { Authorization: `${clientId},ddauth_token=${login.data}` };
  const update = await client.POST("/UpdateMyUser", {
    headers,
    body: { FullName: { FullName: { FirstName: "Иван", LastName: "Иванов" } } },
  });
  const user = await client.GET("/GetMyUser", { headers });
  const rejected = await client.GET("/GetMyUser", { headers: { Authorization: clientId } });
  return {
    updated: update.data?.FullName?.LastName,
    lastName: user.data?.LastName,
    rejected: rejected.error,
  };
}

async function kraken() {
  const client = createClient<Kraken>({ baseUrl });
  client.use(signing("demo-api-key", "ZGVtby1zZWNyZXQtZm9yLXByb2ZpbGVnYXRlLW9ubHktbm90LWEtcmVhbC1rZXkh"));
  const created = await client.POST("/b2b/users", {
    body: {
      email: "zoe@example.com",
      external_id: "user-4711",
      tos_version_accepted: 1,
      full_name: { first_name: "Zoe", last_name: "Quinn" },
      date_of_birth: "1990-05-04",
      residence: { line1: "Karl Johans gate 22", city: "Oslo", postal_code: "0026", country: "NO" },
      phone: "+4722123456",
      nationalities: ["NO"],
      occupation: "science",
    },
  });
  // The new IIBAN has blanks: %20 in the path, and so under the signature.
  const params = { path: { user: created.data!.result.user } };
  const update = await client.PATCH("/b2b/users/{user}", { params, body: { city_of_birth: "Bergen" } });
  const user = await client.GET("/b2b/users/{user}", { params });
  const rejected = await client.PATCH("/b2b/users/{user}", { params, body: { phone: "none" } });
  return {
    updated: update.data?.result,
    state: user.data?.result.status.state,
    externalId: user.data?.result.external_id,
    rejected: rejected.error?.error,
  };
}

function signing(apiKey: string, privateKey: string): Middleware {
  let lastNonce = 0;
  return {
    async onRequest({ request }) {
      const nonce = String(++lastNonce);
      const { pathname, search } = new URL(request.url);
      const body = Buffer.from(await request.clone().arrayBuffer());
      const hash = createHash("sha256").update(nonce).update(body).digest();
      const mac = createHmac("sha512", Buffer.from(privateKey, "base64"));
      request.headers.set("API-Key", apiKey);
      request.headers.set("API-Nonce", nonce);
      request.headers.set("API-Sign", mac.update(pathname + search).update(hash).digest("base64"));
      return request;
    },
  };
}

console.log(
  JSON.stringify({
    navixy: await navixy(),
    machnet: await machnet(),
    diadoc: await diadoc(),
    kraken: await kraken(),
  }),
);
