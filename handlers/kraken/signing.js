// Kraken Embed: signs requests by API key, nonce and private key in a browser, as signing.py does.

const V1_PREFIX = "/0/";

let last = 0n;

/**
 * A nonce larger than all before: the current time in nanoseconds, of which the browser's clock
 * tells some. All tabs count together.
 */
function nextNonce() {
  const microseconds = Math.floor((performance.timeOrigin + performance.now()) * 1000);
  const now = BigInt(microseconds) * 1000n;
  const stored = BigInt(localStorage.getItem("kraken-nonce") ?? 0);
  last = [now, last + 1n, stored + 1n].reduce((a, b) => (a > b ? a : b));
  localStorage.setItem("kraken-nonce", String(last));
  return String(last);
}

/** The body with the nonce in it, as Embed v1 has it; what is no JSON is sent as it is. */
function withNonce(body, nonce) {
  try {
    return JSON.stringify({ ...JSON.parse(body || "{}"), nonce }, null, 2);
  } catch {
    return body;
  }
}

function decoded(base64) {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    throw new Error("The private key is no base64 text.");
  }
}

function joined(...parts) {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/**
 * The authentication guide: HMAC-SHA512 of the URI path and SHA256(nonce + body), with the decoded
 * private key, in base64. `request.target` is the path with its query.
 */
export async function sign(request, { api_key: key, private_key: secret }) {
  if (crypto.subtle === undefined) {
    throw new Error(
      "The browser computes signatures on secure pages only: open this one by https, or at 127.0.0.1.",
    );
  }
  const nonce = nextNonce();
  const isV1 = request.target.startsWith(V1_PREFIX);
  if (isV1) {
    request.body = withNonce(request.body, nonce);
  } else {
    request.headers["API-Nonce"] = nonce;
  }
  const bytes = new TextEncoder();
  const digest = await crypto.subtle.digest("SHA-256", bytes.encode(nonce + (request.body ?? "")));
  const signed = joined(bytes.encode(request.target), new Uint8Array(digest));
  const algorithm = { name: "HMAC", hash: "SHA-512" };
  const secretKey = await crypto.subtle.importKey("raw", decoded(secret), algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", secretKey, signed);
  request.headers["API-Key"] = key;
  request.headers["API-Sign"] = btoa(String.fromCharCode(...new Uint8Array(signature)));
}
