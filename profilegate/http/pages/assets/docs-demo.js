// Demo calls: bodies and parameters that succeed with the demo data, and values made for each call.
import { operations, resolve } from "./docs-spec.js";

export class DemoCalls {
  /**
   * `calls.operations` has, by operation id, a `body` and `parameters` (null: not sent). In them,
   * `{name}` stands for a value: `{digits}` and `{uuid}` are random, the others are made by the
   * steps of `calls.values`, requests to the gateway at `root`.
   */
  constructor(calls, root) {
    this.operations = calls.operations ?? {};
    this.values = calls.values ?? {};
    this.root = root;
  }

  /** The spec with these calls as the first examples; values that are only read are read now. */
  async fillIn(spec) {
    for (const operation of operations(spec)) {
      const { body, parameters } = this.operations[operation.operationId] ?? {};
      if (body !== undefined) {
        fillInBody(resolve(spec, operation.requestBody), body);
      }
      for (const [name, value] of Object.entries(parameters ?? {})) {
        fillInParameter(operation, name, value);
      }
    }
    let text = JSON.stringify(spec);
    for (const [name, steps] of Object.entries(this.values)) {
      if (!steps.every(({ send }) => send.startsWith("GET "))) continue;
      try {
        const value = await this.#make(name, {});
        text = text.replaceAll(`{${name}}`, JSON.stringify(value).slice(1, -1));
      } catch {
        // What it names is erased, say: its name stays, and the request that needs it tells why.
      }
    }
    return JSON.parse(text);
  }

  /** Put values in the place of their names, in the address and the body of a request. */
  async complete(request) {
    const made = random();
    request.url = decodedBraces(request.url);
    const text = `${request.url} ${request.body ?? ""}`;
    for (const name of Object.keys(this.values)) {
      if (text.includes(`{${name}}`)) {
        made[name] = await this.#make(name, made);
      }
    }
    request.url = fill(request.url, made, encodeURIComponent);
    if (typeof request.body === "string") {
      request.body = fill(request.body, made, (value) => JSON.stringify(value).slice(1, -1));
    }
  }

  /** Send the steps of a value; each may use what the ones before took of their responses. */
  async #make(name, made) {
    const taken = { ...made };
    for (const step of this.values[name]) {
      Object.assign(taken, await this.#send(step, taken));
    }
    return taken[name];
  }

  async #send(step, taken) {
    const [method, path] = fill(step.send, taken, encodeURIComponent).split(" ");
    const hasBody = step.body !== undefined;
    const response = await fetch(new URL(path.slice(1), this.root), {
      method,
      headers: {
        Accept: "application/json",
        ...(hasBody && { "Content-Type": "application/json" }),
        ...filled(step.headers ?? {}, taken),
      },
      body: hasBody ? JSON.stringify(filled(step.body, taken)) : undefined,
    });
    if (!response.ok) {
      throw new Error(`A call before this one failed: ${method} ${path}: ${response.status}`);
    }
    if (step.take === undefined) {
      return {};
    }
    const document = await response.json();
    const found = Object.entries(step.take).map(([name, where]) => [name, take(document, where)]);
    return Object.fromEntries(found);
  }
}

function fillInBody(requestBody, value) {
  for (const media of Object.values(requestBody.content)) {
    media.examples = { demo: { summary: "With the demo data", value }, ...media.examples };
    delete media.example;
  }
}

function fillInParameter(operation, name, value) {
  const parameter = operation.parameters.find((each) => each.name === name);
  delete parameter.example;
  delete parameter.examples;
  if (value !== null) {
    parameter.example = value;
  }
}

/** Values that are new in each request. */
function random() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const digits = bytes.reduce((text, byte) => text + (byte % 10), "1");
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const uuid = hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
  return { digits: digits.slice(0, 12), uuid };
}

/** Swagger UI encodes the braces of a name; nothing else of an address is decoded. */
function decodedBraces(url) {
  return url.replace(/%7B([a-z-]+)%7D/gi, "{$1}");
}

function fill(text, values, written) {
  return text.replace(/\{([a-z-]+)\}/g, (whole, name) =>
    name in values ? written(String(values[name])) : whole,
  );
}

/** A body, or headers, with values in the place of their names. */
function filled(node, values) {
  return JSON.parse(
    fill(JSON.stringify(node), values, (value) => JSON.stringify(value).slice(1, -1)),
  );
}

/** What a JSON pointer names (`-1` is the last item), or what a pattern finds in it. */
function take(document, where) {
  const { at, match } = typeof where === "string" ? { at: where } : where;
  const found = at
    .split("/")
    .slice(1)
    .reduce((node, key) => (key === "-1" ? node.at(-1) : node[key]), document);
  return match === undefined ? found : found.match(match)[1];
}
