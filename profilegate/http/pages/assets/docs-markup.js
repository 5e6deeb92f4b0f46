// A plugin: what Swagger UI's own markup lacks, and what this gateway adds to it.

/** What screen readers and keyboards need of elements that Swagger UI draws; the first name counts. */
const ATTRIBUTES = [
  ["select.examples-select-element", "aria-label", "Example"],
  [".servers select", "aria-label", "Server"],
  [".content-type-wrapper select, .body-param select", "aria-label", "Media type"],
  ["select", "aria-label", "Value"],
  ["textarea", "aria-label", "Body of the request"],
  [".model-box-control:not(:has(.pointer))", "aria-label", "Schema"],
  [".close-modal", "aria-label", "Close"],
  ["pre", "tabindex", "0"],
];

/** Complete the markup below an element, now and after each change. */
export function complete(container) {
  const apply = () => {
    for (const [selector, name, value] of ATTRIBUTES) {
      for (const element of container.querySelectorAll(selector)) {
        if (!element.hasAttribute(name)) {
          element.setAttribute(name, value);
        }
      }
    }
  };
  new MutationObserver(apply).observe(container, { childList: true, subtree: true });
  apply();
}

/** With the root of the gateway error responses have a link into its journal; null: it has none. */
export function markup(root) {
  return (system) => {
    const create = system.React.createElement;

    const explained = (Original) => (props) => {
      const status = props.response?.get("status");
      const id = props.response?.getIn(["headers", "x-request-id"]);
      const words = "Why? The journal explains this response";
      const link =
        root !== null && status >= 400 && id
          ? create(
              "p",
              { className: "explain" },
              create("a", { href: new URL(`journal/${id}`, root).href }, words),
            )
          : null;
      return create(system.React.Fragment, null, create(Original, props), link);
    };

    return {
      statePlugins: {
        spec: {
          // The gateway checks parameters, so that its own error responses can be seen.
          wrapActions: { validateParams: () => () => undefined },
          wrapSelectors: {
            // There is none if the interceptor failed; Swagger UI would show no error then.
            mutatedRequestFor: (original) => (_, path, method) =>
              original(path, method) ?? system.specSelectors.requestFor(path, method),
          },
        },
      },
      // Swagger UI has a link in a button; the address follows the opened operation without it.
      components: { DeepLink: ({ text }) => create("span", null, text) },
      wrapComponents: { liveResponse: explained },
    };
  };
}
