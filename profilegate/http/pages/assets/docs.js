// Starts Swagger UI with the spec that the page names, and with what the gateway tells of it.
import { Credentials } from "./docs-credentials.js";
import { DemoCalls } from "./docs-demo.js";
import { complete, markup } from "./docs-markup.js";
import { describeRules, rules } from "./docs-rules.js";
import { below, dropDemo, ownParameters, preferJson, sendLines, separateKinds } from "./docs-spec.js";

const container = document.getElementById("swagger-ui");
const { spec: address, root: relativeRoot, name } = container.dataset;
const root = new URL(relativeRoot, location.href);
const settings = JSON.parse(container.dataset.settings);
container.classList.toggle("signs", settings.signing);

async function start() {
  const response = await fetch(address);
  const spec = await response.json();
  // A proxy may strip a prefix that it does not tell the gateway.
  const isPrefixKnown = below(spec, root.pathname);
  ownParameters(spec);
  preferJson(spec);
  separateKinds(spec);
  describeRules(spec);
  const signing = settings.signing ? await import(new URL(`docs/${name}/signing.js`, root)) : null;
  const signedRoot = settings.signedPath === "public" && isPrefixKnown ? "/" : root.pathname;
  const credentials = new Credentials(settings.signer, signing, signedRoot);
  credentials.describe(spec);
  const demo = settings.demo === null ? null : new DemoCalls(settings.demo, root);
  if (demo === null) {
    dropDemo(spec);
  }
  const shown = demo === null ? spec : await demo.fillIn(spec);

  const ui = SwaggerUIBundle({
    spec: shown,
    domNode: container,
    deepLinking: true,
    // Otherwise Swagger UI asks an outside service to validate the spec.
    validatorUrl: null,
    tryItOutEnabled: true,
    defaultModelExpandDepth: 2,
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    plugins: [rules(spec), markup(settings.explains ? root : null)],
    requestInterceptor: async (request) => {
      await demo?.complete(request);
      sendLines(request);
      await credentials.sign(request);
      return request;
    },
    onComplete: () => {
      complete(container);
      credentials.enter(ui, settings.demo?.credentials ?? {});
      container.dataset.ready = "true";
    },
  });
}

const isDark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", isDark.matches);
isDark.addEventListener("change", follow);
follow();
start().catch((error) => {
  container.textContent = `Swagger UI did not start (${error.message}). Reload the page to try again.`;
});
