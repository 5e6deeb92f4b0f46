// What the page changes in a spec before Swagger UI shows it; the published spec stays as it is.

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/** Each operation of a spec. */
export function operations(spec) {
  const items = Object.values(spec.paths);
  return items.flatMap((item) => METHODS.map((method) => item[method]).filter(Boolean));
}

/** Give each operation parameters of its own, in the place of those of its path and of references. */
export function ownParameters(spec) {
  for (const item of Object.values(spec.paths)) {
    const shared = item.parameters ?? [];
    delete item.parameters;
    for (const operation of METHODS.map((method) => item[method]).filter(Boolean)) {
      const all = [...shared, ...(operation.parameters ?? [])].map((each) => resolve(spec, each));
      const byName = all.map((each) => [`${each.in} ${each.name}`, { ...each }]);
      operation.parameters = Object.values(Object.fromEntries(byName));
    }
  }
}

/** What a reference names, or the node itself. */
export function resolve(spec, node) {
  const path = node?.$ref?.replace("#/", "").split("/") ?? [];
  return path.reduce((at, key) => at[key], path.length ? spec : node);
}

/** Put the spec's servers below a path, unless they are; return whether they were. */
export function below(spec, path) {
  const servers = spec.servers ?? [{ url: "/" }];
  const isBelow = (url) => `${url}/`.startsWith(path);
  const wereBelow = servers.every(({ url }) => isBelow(url));
  spec.servers = servers.map((server) =>
    isBelow(server.url) ? server : { ...server, url: path + server.url.replace(/^\//, "") },
  );
  return wereBelow;
}

/** Make JSON the first media type, and so the one that is chosen, wherever it is one of several. */
export function preferJson(node) {
  if (node === null || typeof node !== "object") {
    return;
  }
  const types = Object.entries(node.content ?? {});
  const isJson = ([type]) => type.startsWith("application/json");
  if (types.some(isJson)) {
    const others = types.filter((each) => !isJson(each));
    node.content = Object.fromEntries([...types.filter(isJson), ...others]);
  }
  Object.values(node).forEach(preferJson);
}

/** Forget the examples of requests that belong to the demo data: their name is `demo`. */
export function dropDemo(spec) {
  const bodies = operations(spec).map(({ requestBody }) => resolve(spec, requestBody));
  const media = bodies.flatMap((body) => Object.values(body?.content ?? {}));
  const parameters = operations(spec).flatMap((operation) => operation.parameters);
  for (const place of [...media, ...parameters]) {
    const { demo, ...others } = place.examples ?? {};
    if (demo !== undefined) {
      place.examples = others;
    }
  }
}

/** Show kinds of accounts side by side: merged, one kind's fields would have the other's words. */
export function separateKinds(spec) {
  for (const schema of Object.values(spec.components?.schemas ?? {})) {
    const parts = schema.allOf ?? [];
    if (parts.length > 1 && parts.every((part) => resolve(spec, part)["x-applies"])) {
      schema.anyOf = schema.allOf;
      delete schema.allOf;
    }
  }
}

/** Send the items of a list as lines, where the body is lines: its schema is that list. */
export function sendLines(request) {
  if (request.headers["Content-Type"] !== "application/x-ndjson") {
    return;
  }
  try {
    request.body = JSON.parse(request.body).map((item) => `${JSON.stringify(item)}\n`).join("");
  } catch {
    // The user has written lines, or something that the gateway rejects.
  }
}
