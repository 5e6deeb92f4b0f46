// Credentials: the Authorize dialog asks for their parts, and the provider's script signs with them.
import { operations } from "./docs-spec.js";

/** In front of a part's name: the header in which Swagger UI hands it to the interceptor. */
const PART = "x-credential-";

export class Credentials {
  /**
   * `signer` has the `names` of the parts, each with what it is, and the parts that are `required`
   * for each security scheme. `signing` is the provider's script, or null: then Swagger UI sends
   * what the schemes say. A signature covers paths from `signedRoot` on.
   */
  constructor(signer, signing, signedRoot) {
    this.signer = signer;
    this.signing = signing;
    this.signedRoot = signedRoot;
  }

  /** Replace what a request carries (a nonce, a signature) by what a user has (a key, a secret). */
  describe(spec) {
    if (this.signing === null) {
      return;
    }
    const schemes = spec.components.securitySchemes;
    spec.components.securitySchemes = Object.fromEntries(
      Object.entries(this.signer.names).map(([name, description]) => [
        name,
        { type: "apiKey", in: "header", name: PART + name, description },
      ]),
    );
    for (const operation of operations(spec)) {
      const requirements = operation.security ?? spec.security ?? [];
      operation.security = this.#parts(requirements);
      for (const scheme of requirements.flatMap(Object.keys)) {
        this.#describeUnused(operation, schemes[scheme], this.signer.required[scheme]);
      }
    }
  }

  /** A key in the query that the script does not use may still be given, as a parameter. */
  #describeUnused(operation, { type, in: place, name, description }, needed) {
    if (needed === undefined && type === "apiKey" && place === "query") {
      operation.parameters.push({ name, in: place, description, schema: { type: "string" } });
    }
  }

  /** Security requirements by parts; those with a scheme that is never used are left out. */
  #parts(requirements) {
    return requirements
      .map((schemes) => Object.keys(schemes).map((scheme) => this.signer.required[scheme]))
      .filter((needed) => !needed.includes(undefined))
      .map((needed) => Object.fromEntries(needed.flat().map((name) => [name, []])));
  }

  /** Fill in credentials, by the names of their parts. */
  enter(ui, values) {
    for (const [scheme, names] of Object.entries(this.signer.required)) {
      if (this.signing === null && names.length === 2) {
        ui.preauthorizeBasic(scheme, ...names.map((name) => values[name] ?? ""));
        continue;
      }
      for (const name of names.filter((each) => each in values)) {
        ui.preauthorizeApiKey(this.signing === null ? scheme : name, values[name]);
      }
    }
  }

  /** Sign a request with the parts that Swagger UI put into its headers. */
  async sign(request) {
    const parts = Object.keys(request.headers).filter((name) => name.startsWith(PART));
    if (!parts.length) {
      return;
    }
    const credentials = {};
    for (const header of parts) {
      credentials[header.slice(PART.length)] = request.headers[header];
      delete request.headers[header];
    }
    const url = new URL(request.url, location.href);
    request.url = url.href;
    request.target = `/${url.pathname.slice(this.signedRoot.length)}${url.search}`;
    await this.signing.sign(request, credentials);
    delete request.target;
  }
}
