// A plugin: what Swagger UI's own markup lacks, and what this gateway adds to it.

export function markup(root) {
  return (system) => {
    const create = system.React.createElement;

    const explained = (Original) => (props) => {
      const status = props.response?.get("status");
      const id = props.response?.getIn(["headers", "x-request-id"]);
      const link =
        root !== null && status >= 400 && id
          ? create(
              "p",
              { className: "explain" },
              create("a", { href: new URL(`journal/${id}`, root).href }, "Why? The journal explains this response"),
            )
          : null;
      return create(system.React.Fragment, null, create(Original, props), link);
    };

    return {
      // The gateway checks parameters, so that its own error responses can be seen.
      statePlugins: {
        spec: {
          wrapActions: { validateParams: () => () => undefined },
          wrapSelectors: {
            // There is none if the interceptor failed; Swagger UI would show no error then.
            mutatedRequestFor: (original) => (_, path, method) =>
              original(path, method) ?? system.specSelectors.requestFor(path, method),
          },
        },
      },
      wrapComponents: { liveResponse: explained },
    };
  };
}
